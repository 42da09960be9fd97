/** `speechops/stacks`: whole environments for an app of CDKTF, and their synthesis with the provider beside them. */
export { SpeechStack, type SpeechStackProps } from './speech-stack.ts';
export { synthesise } from './synthesise.ts';
