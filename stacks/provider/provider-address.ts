import packageFile from '../../package.json' with { type: 'json' };

/**
 * Where Terraform looks for the provider. The host is of nobody's: under the public registry's name a stranger could publish
 * one, and who lacks the local file would get theirs.
 */
export const providerSource = 'speechops.internal/azure/customspeech';

/** That of the package: Terraform's lock files demand another version for other contents. */
export const providerVersion: string = packageFile.version;

/**
 * The name of the provider's file. Terraform wants the version in it, and Node the ending: without it the last number of the
 * version would be the ending.
 */
export const providerFile = `terraform-provider-customspeech_v${providerVersion}.cjs`;
