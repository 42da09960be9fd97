import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

/** Finds tags that Azure refuses (Microsoft Learn, "Use tags to organize your Azure resources"; names of 128 for storage accounts). */
export function checkTags(
  tags: Readonly<Record<string, string>> | undefined,
  path: PropertyPath = ['tags'],
): readonly Fault[] {
  const names = Object.keys(tags ?? {});
  const value = names.length;
  const faults = Object.entries(tags ?? {}).flatMap(([name, text], index) => {
    const alike = names.findIndex((other) => other.toLowerCase() === name.toLowerCase());
    const nameProblem = problemOf(name) ?? (alike < index ? `it is ${names[alike]} but for capitals` : undefined);
    const isLong = isLiteral(text) && text.length > 256;
    const problem = nameProblem ?? (isLong ? 'its value has more than 256 characters' : undefined);
    const isName = nameProblem !== undefined;
    return problem === undefined ? [] : [fault('tag', { path: [...path, name], isName, value: name, problem })];
  });
  return value > 50 ? [...faults, fault('too-many-tags', { path, value })] : faults;
}

function problemOf(name: string): string | undefined {
  if (/[<>%&\\?/]/.test(name)) return 'its name has one of `<`, `>`, `%`, `&`, `\\`, `?` and `/`';
  if (/^(microsoft|azure|windows)/i.test(name))
    return 'names that begin with `microsoft`, `azure` or `windows` are reserved';
  return name.length > 128 ? 'its name has more than 128 characters' : undefined;
}
