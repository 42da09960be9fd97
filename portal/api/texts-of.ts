/** The texts of a value as a run tells it: of a list of texts each of them, else the value. */
export function textsOf(value: string): readonly string[] {
  if (!value.startsWith('[')) return [value];
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) && list.every((one) => typeof one === 'string') ? list : [value];
  } catch {
    return [value];
  }
}
