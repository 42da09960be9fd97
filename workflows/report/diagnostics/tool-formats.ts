/** The forms in which tools around a pull request read diagnostics. */
export const toolFormats = ['sarif', 'github', 'gitlab', 'azure-devops', 'junit', 'markdown'] as const;

export type ToolFormat = (typeof toolFormats)[number];
