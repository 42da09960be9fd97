import { describe, expect, it } from 'vitest';
import { deadText } from '../../../workflows/report/dead-text.ts';
import { renderMarkdown } from '../../fuzz/rendered-markdown.ts';

/** What becomes a link, a mention, a reference, an emoji, an element or a command on GitHub, GitLab or Azure DevOps. */
const live = [
  ['mentions', '@octocat @org/team @all @<2f4ac5b1-7d4c-4acb-ba62-998c340c10d8>'],
  ['references', '#123 GH-123 !12 $7 %3 ~bug &4 AB#12 octo/repo#1 octo/repo@0123abc PROJ-12 [[wiki]]'],
  ['commits', 'deadbeef 0123456789abcdef0123456789abcdef01234567'],
  ['addresses', 'https://evil.example www.evil.example a@evil.example <http://e.example> mailto:a@e.example'],
  ['emoji', ':tada: :+1:'],
  ['elements', '<script>alert(1)</script><img src=x onerror=alert(1)><!-- x --> &lt;b&gt; &#64;octocat'],
  ['links and images', '[click](http://evil.example) ![i](http://evil.example/x.png) [a]: http://evil.example [^1]'],
  ['tables', 'a | b \\| c \\\\| d || |'],
  ['code', '`a` ``b`` ```c``` ` '],
  ['emphasis and mathematics', '*a* **b** _c_ ~~d~~ $x$ $$y$$ $`z`$'],
  [
    'blocks',
    '# h\n- li\n1. li\n> q\n    code\n***\n===\n---\n```mermaid\ngraph\n```\n- [x] done\n/close\n| a |\n|---|\n',
  ],
  ['endings', 'two blanks  \nbackslash\\\nend\\'],
] as const;

describe('deadText', () => {
  it.each(live)('shows %s as they are, and as text alone', (_, text) => {
    const rendered = renderMarkdown(`Before ${deadText(text)} after`);
    expect(rendered.elements).toEqual(['p']);
    expect(rendered.text).toBe(`Before ${text.replaceAll(/\s+/g, ' ').trim()} after`);
    expect(rendered.liveText.replaceAll('|', '')).toBe('Before  after');
  });

  it('is in the middle of a line, whatever it begins with', () => {
    expect(deadText('/close')).toBe('`/close`');
    expect(renderMarkdown(deadText('``` ` mermaid')).elements).toEqual(['p']);
  });

  it('keeps the blanks at its ends that Markdown takes off', () => {
    expect(renderMarkdown(`${deadText('a | b |c')}`).text).toBe('a | b |c');
    expect(renderMarkdown(deadText('`')).text).toBe('`');
  });

  it('shows what must not be printed as escapes', () => {
    expect(deadText('a\u202Eb\u001B[31m\u{E0041}')).toBe(
      String.raw`\`a\u202Eb\u001B[31m\u{E0041}\``.replaceAll('\\`', '`'),
    );
  });

  it('is nothing for nothing', () => {
    expect(deadText(' \n ')).toBe('');
  });
});
