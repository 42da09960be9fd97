import { providerVersion } from '../provider-address.ts';

/** Pins the provider in the synthesised stack to the version that this package brings along. */
export const generatorMetadata = {
  providerName: 'customspeech',
  providerVersion,
  providerVersionConstraint: providerVersion,
};
