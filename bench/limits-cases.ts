/** A pipeline that makes much work of little text, and is about `characters` long. */
export type LimitsCase = (characters: number) => string;

const head = 'name: x\nlocale: en-US\n';
const step = 'steps:\n  - { id: a, uses: approve, with: { message: hi } }\n';
const doubling = (inner: string, times: number): string =>
  `${"format('{0}{0}',".repeat(times)}${inner}${')'.repeat(times)}`;

/** Many of everything that a pipeline has, right and wrong, and what is small and asks for much. */
export const limitsCases: Readonly<Record<string, LimitsCase>> = {
  // Right ones.
  'one step': () => head + step,
  steps: (size) => head + 'steps:\n' + fill(size, (n) => `  - { id: s${n}, uses: approve, with: { message: hi } }\n`),
  'steps with every key': (size) =>
    head +
    'steps:\n' +
    fill(
      size,
      (n) =>
        `  - id: s${n}\n    name: Step ${n}\n    uses: approve\n    if: run.id != 'x'\n    timeout: 3h\n    retry: { attempts: 3, delay: 5s }\n    with: { message: "Look at \${{ run.id }}" }\n`,
    ),
  'a chain of steps': (size) =>
    head +
    'steps:\n  - { id: s0, uses: approve, with: { message: hi } }\n' +
    fill(size, (n) => `  - { id: s${n + 1}, uses: approve, needs: [s${n}], with: { message: hi } }\n`),
  'needs of all before': (size) => {
    let text = `${head}steps:\n`;
    const ids: string[] = [];
    for (let n = 0; text.length < size; n += 1) {
      text += `  - { id: s${n}, uses: approve, needs: [${ids.join(', ')}], with: { message: hi } }\n`;
      ids.push(`s${n}`);
    }
    return text.replace(' needs: [],', '');
  },
  'one release of many steps': (size) =>
    `${head}inputs: { a: { type: string } }\nsteps:\n${fill(size, (n) => `  - { id: s${n}, uses: swap, resource: "\${{ inputs.a }}", with: { endpoint: ${'x'.repeat(64)}, model: base, release: releases } }\n`)}`,
  'a long text': (size) => `${head}description: ${'word '.repeat(size / 5)}\n${step}`,
  'a long line of comment': (size) => `${head}# ${'x'.repeat(size)}\n${step}`,
  comments: (size) => head + step + fill(size, () => '# x\n'),
  'empty lines': (size) => head + step + '\n'.repeat(size),
  'carriage returns': (size) =>
    (head + 'steps:\n' + fill(size, (n) => `  - id: s${n}\n    uses: approve\n    with: { message: hi }\n`)).replaceAll(
      '\n',
      '\r\n',
    ),
  inputs: (size) =>
    `${head}inputs:\n${fill(size / 2, (n) => `  i${n}: { type: string, default: a }\n`)}steps:\n${fill(size / 2, (n) => `  - { id: s${n}, uses: approve, with: { message: "\${{ inputs.i${n} }}" } }\n`)}`,
  'expressions in one text': (size) =>
    `${head}inputs: { x: { type: string, default: a } }\nsteps:\n  - { id: a, uses: approve, with: { message: "${'${{ inputs.x }}'.repeat(4000)}" } }\n${fill(size, (n) => `  - { id: b${n}, uses: approve, with: { message: "${'${{ inputs.x }}'.repeat(3000)}" } }\n`)}`,
  'expressions in a list': (size) =>
    `${head}inputs: { x: { type: string, default: a } }\nsteps:\n  - id: a\n    uses: train\n    with:\n      datasets:\n${fill(size, () => "        - ${{ format('{0}', inputs.x) }}\n")}`,
  'long expressions': (size) =>
    `${head}inputs: { x: { type: number, default: 1 } }\nsteps:\n${fill(size, (n) => `  - { id: s${n}, uses: approve, if: "${'inputs.x == 1 && '.repeat(230)}true", with: { message: hi } }\n`)}`,
  aliases: (size) =>
    head + 'inputs:\n  a: &a { type: string, default: x }\n' + fill(size, (n) => `  a${n}: *a\n`) + step,
  'matrix values': (size) =>
    `${head}strategy: { matrix: { a: [${Array.from({ length: 250 }, (_, n) => `${n}${'x'.repeat(size / 260)}`).join(', ')}] } }\nsteps:\n  - { id: s, uses: approve, with: { message: "\${{ matrix.a }}" } }\n`,
  'matrix times steps': (size) =>
    `${head}strategy: { matrix: { a: [${Array.from({ length: 250 }, (_, n) => n).join(', ')}] } }\nsteps:\n${Array.from({ length: 39 }, (_, n) => `  - { id: s${n}, uses: approve, with: { message: "${'x'.repeat(Math.min(size / 42, 25_000))} \${{ matrix.a }}" } }\n`).join('')}`,
  'matrix times references': (size) =>
    `${head}strategy: { matrix: { a: [${Array.from({ length: 250 }, (_, n) => n).join(', ')}] } }\nsteps:\n  - { id: t, uses: train, with: { datasets: [11111111-1111-1111-1111-111111111111] } }\n${Array.from({ length: 38 }, (_, n) => `  - { id: s${n}, uses: approve, with: { message: "${'x'.repeat(size / 42)} \${{ steps.t.outputs.model }}" } }\n`).join('')}`,
  'matrix times expressions': (size) =>
    `${head}strategy: { matrix: { a: [${Array.from({ length: 256 }, (_, n) => n).join(', ')}] } }\nsteps:\n${Array.from({ length: 39 }, (_, n) => `  - { id: s${n}, uses: approve, with: { message: "${`\${{ ${'matrix.a && '.repeat(300)}matrix.a }}`.repeat(Math.ceil(size / 39 / 3700))}" } }\n`).join('')}`,
  'matrix times conditions': (size) =>
    `${head}strategy: { matrix: { a: [${Array.from({ length: 256 }, (_, n) => n).join(', ')}] } }\nsteps:\n${fill(Math.min(size, 140_000), (n) => `  - { id: s${n}, uses: approve, if: "${'matrix.a != 1 && '.repeat(200)}true", with: { message: hi } }\n`)}`,
  'matrix include': (size) =>
    `${head}strategy:\n  matrix:\n    a: [${Array.from({ length: 250 }, (_, n) => n).join(', ')}]\n    include:\n${fill(size, (n) => `      - { a: ${n % 250}, b${n}: 1 }\n`)}steps:\n  - { id: a, uses: approve, with: { message: hi } }\n`,
  'matrix include of one name': (size) =>
    `${head}strategy:\n  matrix:\n    a: [${Array.from({ length: 250 }, (_, n) => n).join(', ')}]\n    include:\n${fill(size, (n) => `      - { a: ${n % 250}, b: ${n} }\n`)}steps:\n  - { id: a, uses: approve, with: { message: hi } }\n`,
  'matrix exclude': (size) =>
    `${head}strategy:\n  matrix:\n    a: [${Array.from({ length: 250 }, (_, n) => n).join(', ')}]\n    exclude:\n${fill(size, (n) => `      - { a: ${n + 300} }\n`)}steps:\n  - { id: a, uses: approve, with: { message: hi } }\n`,
  'matrix names': (size) =>
    `${head}strategy:\n  matrix:\n${fill(size, (n) => `    a${n}: [1]\n`)}steps:\n  - { id: a, uses: approve, with: { message: hi } }\n`,
  'schedules times inputs': (size) =>
    `${head}inputs:\n${fill(size / 2, (n) => `  i${n}: { type: string, default: a }\n`)}schedule:\n${fill(size / 2, (n) => `  - { cron: 0 0 1 1 *, name: n${n} }\n`)}${step}`,
  'schedules without values for inputs': (size) =>
    `${head}inputs:\n${fill(size / 2, (n) => `  i${n}: { type: string }\n`)}schedule:\n${fill(size / 2, (n) => `  - { cron: 0 0 1 1 *, name: n${n} }\n`)}${step}`,
  'schedules with values for inputs': (size) =>
    `${head}inputs:\n${fill(size / 3, (n) => `  i${n}: { type: string }\n`)}schedule:\n${fill(size / 3, (n) => `  - { cron: 0 0 1 1 *, name: n${n}, inputs: { ${fill(size / 40, (i) => `i${i}: a, `)} } }\n`)}${step}`,
  'a condition over a URL': (size) =>
    `${head}inputs:\n  x: { type: string, default: "https://x${'/a?'.repeat(size / 3)} " }\nsteps:\n  - { id: a, uses: approve, if: "\${{ inputs.x == 'a' }}", with: { message: hi } }\n`,
  'conditions over a long text': (size) =>
    `${head}inputs:\n  x: { type: string, default: "${'y'.repeat(size / 2)}" }\nsteps:\n${fill(size / 2, (n) => `  - { id: s${n}, uses: approve, if: "\${{ inputs.x == 'a' }}", with: { message: hi } }\n`)}`,
  'settings of a long text': (size) =>
    `${head}inputs:\n  x: { type: string, default: "${'y'.repeat(Math.min(size / 2, 60_000))}" }\nsteps:\n${fill(size / 2, (n) => `  - { id: s${n}, uses: approve, with: { message: "\${{ inputs.x }}" } }\n`)}`,
  'all inputs as JSON': (size) =>
    `${head}inputs:\n${fill(size / 2, (n) => `  i${n}: { type: string, default: a }\n`)}steps:\n${fill(size / 2, (n) => `  - { id: s${n}, uses: approve, with: { message: "\${{ toJSON(inputs) }}" } }\n`)}`,
  'computed names of inputs': (size) =>
    `${head}inputs:\n${fill(size / 2, (n) => `  i${n}: { type: string, default: a }\n`)}steps:\n${fill(size / 2, (n) => `  - { id: s${n}, uses: approve, with: { message: "\${{ inputs[format('i{0}', ${n})] }}" } }\n`)}`,

  // Small ones that ask for much.
  'doubled text in the resource': () =>
    `${head}resource: https://\${{ ${doubling(`'${'a'.repeat(100)}'`, 22)} }}.cognitiveservices.azure.com\n${step}`,
  'doubled text in a matrix': () =>
    `${head}strategy: { matrix: { a: [${Array.from({ length: 200 }, (_, n) => 'a'.repeat(30) + n).join(', ')}] } }\nsteps:\n  - { id: s, uses: approve, with: { message: "\${{ ${doubling('matrix.a', 21)} }}" } }\n`,
  'doubled text in a setting': () =>
    `${head}steps:\n  - { id: s, uses: approve, with: { message: "\${{ ${doubling("'aaaaaaaa'", 22)} }}" } }\n`,
  'doubled outputs': (size) =>
    `${head}steps:\n  - { id: t, uses: train, with: { datasets: [11111111-1111-1111-1111-111111111111] } }\n${fill(size, (n) => `  - { id: s${n}, uses: approve, with: { message: "\${{ ${doubling('steps.t.outputs.model', 21)} }}" } }\n`)}`,
  'quoted JSON of JSON': () =>
    `${head}steps:\n  - { id: s, uses: approve, with: { message: "\${{ ${'toJSON('.repeat(40)}'x'${')'.repeat(40)} }}" } }\n`,
  'a long list searched often': (size) =>
    `${head}inputs: { x: { type: string, default: '[${'1,'.repeat(20_000)}1]' } }\nsteps:\n${fill(size, (n) => `  - { id: s${n}, uses: approve, if: "\${{ contains(fromJSON(inputs.x), 'a') }}", with: { message: hi } }\n`)}`,

  // Wrong ones.
  'unknown inputs': (size) =>
    `${head}inputs:\n${fill(size / 2, (n) => `  a-long-name-for-an-input-${n}: { type: string, default: a }\n`)}steps:\n${fill(size / 2, (n) => `  - { id: s${n}, uses: approve, with: { message: "\${{ inputs.a-lung-name-for-an-input-x${n} }}" } }\n`)}`,
  'unknown time zones': (size) =>
    `${head}schedule:\n${fill(size, (n) => `  - { cron: 0 0 1 1 *, name: n${n}, time-zone: Europe/Berlim${n} }\n`)}${step}`,
  'schedules without dates': (size) =>
    `${head}schedule:\n${fill(size, (n) => `  - { cron: 0 0 30 2 *, name: n${n} }\n`)}${step}`,
  'different schedules without dates': (size) =>
    `${head}schedule:\n${fill(size, (n) => `  - { cron: ${n % 60} ${Math.floor(n / 60) % 24} 30 2 *, name: n${n} }\n`)}${step}`,
  'rare schedules': (size) =>
    `${head}schedule:\n${fill(size, (n) => `  - { cron: ${n % 60} ${Math.floor(n / 60) % 24} 29 2 1-5/5, name: n${n} }\n`)}${step}`,
  'long schedules': (size) =>
    `${head}schedule:\n${fill(size, (n) => `  - { cron: "${'1,'.repeat(2000)}1 0 1 1 *", name: n${n} }\n`)}${step}`,
  'one long schedule': (size) => `${head}schedule:\n  - { cron: "${'1,'.repeat(size / 2)}1 0 1 1 *" }\n${step}`,
  directives: (size) => fill(size, () => '%a\n') + '---\n' + head + step,
  'unknown keys': (size) => head + step + fill(size, (n) => `k${n}: 1\n`),
  'unknown keys of steps': (size) =>
    head + 'steps:\n' + fill(size, (n) => `  - { id: s${n}, uses: approve, wiht: { message: hi } }\n`),
  'unknown keys of settings': (size) =>
    head + 'steps:\n' + fill(size, (n) => `  - { id: s${n}, uses: approve, with: { mesage: hi } }\n`),
  'duplicate keys': (size) => head + step + fill(size, () => 'a: 1\n'),
  'duplicate known keys': (size) => head + step + fill(size, () => 'name: 1\n'),
  'a long key': (size) => `${head}${'k'.repeat(size / 2)}: 1\n${'l'.repeat(size / 2)}: 1\n${step}`,
  'long keys': (size) => head + step + fill(size, (n) => `${'k'.repeat(900)}${n}: 1\n`),
  'steps without anything': (size) => head + 'steps:\n' + fill(size, () => '  - {}\n'),
  'steps that are text': (size) => head + 'steps:\n' + fill(size, () => '  - x\n'),
  'a line of steps that are text': (size) => `${head}steps: [${fill(size, () => 'x,')}]\n`,
  'unknown step kinds': (size) => head + 'steps:\n' + fill(size, (n) => `  - { id: s${n}, uses: aprove }\n`),
  'duplicate ids': (size) =>
    head + 'steps:\n' + fill(size, () => '  - { id: s, uses: approve, with: { message: hi } }\n'),
  'unknown steps': (size) =>
    head +
    'steps:\n' +
    fill(
      size,
      (n) =>
        `  - { id: a-step-of-this-name-${n}, uses: approve, needs: [a-stop-of-that-name-${n}], with: { message: hi } }\n`,
    ),
  'unknown steps with a matrix': (size) =>
    `${head}strategy: { matrix: { a: [${Array.from({ length: 200 }, (_, n) => `a-value-${n}`).join(', ')}] } }\nsteps:\n${Array.from({ length: 30 }, (_, n) => `  - { id: a-step-${n}, uses: approve, with: { message: hi } }\n`).join('')}finally:\n${fill(size, (n) => `  - { id: f${n}, uses: approve, needs: [a-stop-${n % 30}-a-valve-${n}], with: { message: hi } }\n`)}`,
  'a cycle': (size) => {
    const count = Math.floor(size / 65);
    return `${head}steps:\n${Array.from({ length: count }, (_, n) => `  - { id: s${n}, uses: approve, needs: [s${(n + 1) % count}], with: { message: hi } }\n`).join('')}`;
  },
  'invalid names': (size) => `${head}inputs:\n${fill(size, (n) => `  '${n}': { type: string }\n`)}${step}`,
  'invalid types of inputs': (size) => `${head}inputs:\n${fill(size, (n) => `  i${n}: { type: sting }\n`)}${step}`,
  'invalid values of inputs': (size) =>
    `${head}inputs:\n${fill(size, (n) => `  i${n}: { type: rate, default: '${n}' }\n`)}${step}`,
  'unused inputs': (size) => `${head}inputs:\n${fill(size, (n) => `  i${n}: { type: string, default: a }\n`)}${step}`,
  'invalid references': (size) =>
    head + 'steps:\n' + fill(size, (n) => `  - { id: s${n}, uses: evaluate, with: { dataset: s${n}, model: x } }\n`),
  'missing files': (size) =>
    head +
    'steps:\n' +
    fill(size, (n) => `  - { id: s${n}, uses: upload, with: { kind: Language, from: no/such${n} } }\n`),
  'unset variables': (size) =>
    head +
    'steps:\n' +
    fill(size, (n) => `  - { id: s${n}, uses: approve, with: { message: "\${{ env.NO_SUCH_${n} }}" } }\n`),
  'wrong types': (size) =>
    head + 'steps:\n' + fill(size, (n) => `  - { id: s${n}, uses: approve, timeout: x, with: { message: [1] } }\n`),
  'unclosed expressions': (size) =>
    `${head}steps:\n  - { id: a, uses: approve, with: { message: "${'${{ '.repeat(size / 4)}" } }\n`,
  'expressions that cannot be read': (size) =>
    head + 'steps:\n' + fill(size, (n) => `  - { id: s${n}, uses: approve, with: { message: "\${{ a$ }}" } }\n`),
  'wrong expressions in one text': (size) =>
    `${head}steps:\n  - id: a\n    uses: approve\n    with:\n      message: "\\x41${'${{ inputs.x }}'.repeat(size / 15)}"\n`,
  'wrong expressions in one folded text': (size) =>
    `${head}steps:\n  - id: a\n    uses: approve\n    with:\n      message: >-\n${fill(size, () => '        ${{ inputs.x }}\n')}`,
  'a wrong expression of many': (size) =>
    head +
    'steps:\n' +
    fill(
      size,
      (n) => `  - { id: s${n}, uses: approve, if: "${'inputs.y || '.repeat(300)}true", with: { message: hi } }\n`,
    ),
  'wrong comparisons': (size) =>
    head +
    'steps:\n' +
    fill(
      size,
      (n) => `  - { id: s${n}, uses: approve, if: "${"(1 == 'a') && ".repeat(250)}true", with: { message: hi } }\n`,
    ),
  'matrix values twice': (size) => `${head}strategy:\n  matrix:\n    a: [${'1, '.repeat(size / 3)}1]\n${step}`,
  'matrix of too many': (size) => `${head}strategy:\n  matrix:\n    a: [${fill(size, (n) => `${n}, `)}1]\n${step}`,
  'unknown names in exclude': (size) =>
    `${head}strategy:\n  matrix:\n    a: [1, 2]\n    exclude:\n${fill(size, (n) => `      - { b${n}: 1 }\n`)}${step}`,
  'unknown matrix values': (size) =>
    `${head}strategy: { matrix: { a: [1, 2] } }\nsteps:\n${fill(size, (n) => `  - { id: s${n}, uses: approve, with: { message: "\${{ matrix.b${n} }}" } }\n`)}`,
  documents: (size) => fill(size, () => '---\n'),
  tags: (size) => head + fill(size, (n) => `k${n}: !a b\n`),
  'known tags': (size) => head + step + 'description: [' + fill(size, () => '!!str a,') + ']\n',
  anchors: (size) => head + 'description: [' + fill(size, (n) => `&a${n} a,`) + `]\n${step}`,
  'unknown aliases': (size) => head + 'description: [' + fill(size, (n) => `*a${n} ,`) + `]\n${step}`,
  colons: (size) => ': '.repeat(size / 2),
  'question marks': (size) => head + '? a\n'.repeat(size / 4),
  'quotes without end': (size) => `${head}description: "${'x'.repeat(size)}`,
  'wrong escapes': (size) => `${head}description: "${String.raw`\q`.repeat(size / 2)}"\n${step}`,
  'right escapes': (size) => `${head}description: "${String.raw`\x41`.repeat(size / 4)}"\n${step}`,
  tabs: (size) => head + '\t\n'.repeat(size / 2),
  brackets: (size) => `${head}description: ${'['.repeat(size)}`,
  'short lists': (size) => `${head}description: [${'[],'.repeat(size / 3)}]\n${step}`,
  'short texts': (size) => `${head}description: [${'a,'.repeat(size / 2)}]\n${step}`,
  'short pairs': (size) => `${head}description: [${'a: b,'.repeat(size / 5)}]\n${step}`,
  dashes: (size) => `${head}description:\n${'- \n'.repeat(size / 3)}${step}`,
  'nested lists': (size) => `${head}description:\n${`${'- '.repeat(50)}a\n`.repeat(size / 102)}${step}`,
  'keys that are lists': (size) => head + fill(size, () => '[a]: b\n'),
  'merge keys': (size) => head + step + fill(size, () => '<<: a\n'),
  'wide characters': (size) => `${head}steps: [${'漢,'.repeat(size / 2)}]\n`,
  'combining characters': (size) => `${head}${'e\u0301'.repeat(size / 2)}: 1\n${step}`,
  emoji: (size) => head + step + fill(size, (n) => `👩‍👩‍👧${n}: 1\n`),
  spaces: (size) => `${head}description: "${' '.repeat(size)}"\n${step}`,
  'spaces at the ends of lines': (size) => head + step + fill(size, () => `${' '.repeat(1000)}\n`),
  'a long name': (size) => `name: ${'x'.repeat(size)}\nlocale: en-US\n${step}`,
  'long names of steps': (size) =>
    head +
    'steps:\n' +
    fill(size, (n) => `  - { id: s${n}, name: ${'x'.repeat(5000)}, uses: approve, with: { message: hi } }\n`),
  'a long locale': (size) => `name: x\nlocale: ${'en-'.repeat(size / 3)}\n${step}`,
  'a long resource': (size) => `${head}resource: https://${'x/'.repeat(size / 2)}\n${step}`,
  'a long id': (size) => `${head}steps:\n  - { id: ${'x'.repeat(size)}, uses: approve, with: { message: hi } }\n`,
  'a long duration': (size) => `${head}timeout: ${'1'.repeat(size)}h\n${step}`,
  'a long path': (size) =>
    `${head}steps:\n  - { id: a, uses: upload, with: { kind: Language, from: ${'x/'.repeat(size / 2)} } }\n`,
  'a long cycle of references': (size) => {
    const count = Math.floor(size / 120);
    return `${head}steps:\n${Array.from({ length: count }, (_, n) => `  - { id: s${n}, uses: train, with: { datasets: ["\${{ steps.s${(n + 1) % count}.outputs.model }}"] } }\n`).join('')}`;
  },
};

function fill(characters: number, piece: (index: number) => string): string {
  const pieces: string[] = [];
  for (let length = 0, index = 0; ; index += 1) {
    const next = piece(index);
    length += next.length;
    if (length > characters) return pieces.join('');
    pieces.push(next);
  }
}
