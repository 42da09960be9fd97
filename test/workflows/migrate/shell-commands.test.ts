import { describe, expect, it } from 'vitest';
import { shellCommands, type ShellCommand } from '../../../workflows/migrate/shell-commands.ts';

/** Words as a person would write them down: `$NAME` for a variable, `$(…)` for what commands print. */
function shown({ words, isPiped, outputs, inputs }: ShellCommand): string {
  const word = (parts: ShellCommand['words'][number]): string =>
    parts
      .map((part) =>
        part.kind === 'text'
          ? part.text
          : part.kind === 'variable'
            ? `$${part.name}`
            : `$(${part.commands.map(shown).join(';')})`,
      )
      .join('');
  return [
    ...(isPiped ? ['|'] : []),
    ...words.map((one) => `[${word(one)}]`),
    ...inputs.map((one) => `<${word(one.word)}`),
    ...outputs.map(({ file, isAppended }) => `${isAppended ? '>>' : '>'}${word(file)}`),
  ].join('');
}

describe('shellCommands', () => {
  it.each([
    ['words and quotes', `a 'b c' "d e"f \\ g`, ['[a][b c][d ef][ g]']],
    [
      'variables',
      '$A "${B}" ${C:-d} \'$E\' ${{ env.F }} $env:G',
      ['[$A][$B][$C:-d][$E][$env.F][$G]'.replace('[$E]', '[$E]')],
    ],
    ['substitutions', 'A=$(b "$(c)") `d`', ['[A=$([b][$([c])])][$([d])]']],
    ['ends of commands', 'a; b && c || d | e\nf', ['[a]', '[b]', '[c]', '[d]', '|[e]', '[f]']],
    ['continued lines', 'a \\\n b `\n c ^\n d', ['[a][b][c][d]']],
    ['a pipe at the end of a line', 'a |\nb', ['[a]', '|[b]']],
    ['every white space', 'a\v\f\u00A0b\r\nc', ['[a][b]', '[c]']],
    ['comments', '# a\nb # c\nd#e', ['[b]', '[d#e]']],
    ['redirections', 'a > b >> "c d" 2>/dev/null < e 2>&1 &> f', ['[a]<e>b>>c d>f']],
    ['here-documents', "a <<E | b\n$c\nE\nd <<-'E'\n$c\n\tE\nf <<< g", ['[a]<$c', '|[b]', '[d]<$c', '[f]<g']],
  ])('tells %s', (_, script, commands) => {
    expect(shellCommands(script).map(shown)).toEqual(commands);
  });

  it('tells the line that each command begins in', () => {
    const lines = shellCommands('a\n\nb \\\n c\nd "\n"\ne <<E\nx\nE\nf', { firstLine: 10 }).map(({ line }) => line);
    expect(lines).toEqual([10, 12, 14, 16, 19]);
  });
});
