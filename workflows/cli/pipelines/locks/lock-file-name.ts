/** How the file beside pipelines is called that says which datasets have their data. */
export const lockFileName = 'datasets.lock.yaml';
