/** The name of an object, and where it is, where a document says so: `ward at contoso-eastus.cognitiveservices.azure.com`. */
export function namedAt(name: string, { resource }: { readonly resource?: string | undefined }): string {
  return resource === undefined ? name : `${name} at ${resource}`;
}
