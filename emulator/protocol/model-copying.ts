import type { CustomModel } from '../state/entities.ts';

/** Where models arrive that another resource copies, below the resource's origin. In Azure it happens inside of the service. */
export const copiesPath = '/customspeech-copies';

/** The place for what is sent with an authorization. */
export function copyPlace(authorizationId: string): string {
  return `${copiesPath}/${authorizationId}`;
}

/**
 * What is sent of a model, after the data that it was trained with. Its custom properties stay behind: no page says that they are
 * copied, so that a client has to set what it needs of them.
 */
export interface SentModel extends Pick<
  CustomModel,
  | 'displayName'
  | 'description'
  | 'locale'
  | 'baseModelId'
  | 'trainingData'
  | 'customModelWeightPercent'
  | 'transcriptionUntil'
> {
  readonly sourceResourceId: string;
}
