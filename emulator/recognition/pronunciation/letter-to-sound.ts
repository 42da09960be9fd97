/**
 * A likely pronunciation of an English spelling that no dictionary has, as phones of the CMU dictionary without stress
 * (`M EH T OW P R OW L AO L`). What is not one of the 26 letters is left out.
 */
export function letterToSound(word: string): string {
  const letters = word.normalize('NFD').replaceAll(/[^a-z]/gu, '');
  const phones: string[] = [];
  for (let at = 0; at < letters.length;) {
    const { length, sound } = spellingAt(letters, at);
    if (sound !== '') phones.push(sound);
    at += length;
  }
  return phones.join(' ');
}

function spellingAt(letters: string, at: number): { readonly length: number; readonly sound: string } {
  for (const { pattern, sound } of SPELLINGS.get(letters[at] as string) ?? []) {
    pattern.lastIndex = at;
    const found = pattern.exec(letters);
    if (found !== null) return { length: found[0].length, sound };
  }
  return { length: 1, sound: '' };
}

/**
 * Spellings and their sounds, `pattern:PHONES` with two spaces between. `V` stands for a vowel letter, `C` for a
 * consonant letter; of the spellings that begin with the same letter the first that fits wins.
 */
const ENGLISH = String.raw`
augh(?=t):AO  air:EH R  aigh:EY  ai:EY  ay:EY  au:AO  aw:AO  ae:IY  arr:AE R  are$:EH R  ar:AA R  age$:IH JH
able$:AH B AH L  al(?=k):AO  all:AO L  a(?=Ce[sd]?$):EY  a(?=ti|ci):EY  ^a(?=CC):AE  ^a(?=CV):AH  a$:AH
(?<=[wq]u?)a(?=[nt]):AA  al$:AH L  an$:AH N  a:AE
bb:B  (?<=m)b$:  b:B
cch:K  ch(?=r|ol|em|l|n):K  (?<=s)ch:K  ch:CH  ck:K  cian:SH AH N  cious:SH AH S  cial:SH AH L  cc(?=[eiy]):K S  cc:K
cq:K  c(?=[eiy]):S  c:K
dge$:JH  dg(?=[eiy]):JH  dd:D  d:D
eigh:EY  eau:OW  ear(?=C):ER  ear:IH R  eer:IH R  ee:IY  ea(?=th|d$|lth):EH  ea:IY  ei:IY  ey$:IY  ey:EY  eu:Y UW
ew:UW  err:EH R  ere$:IH R  er(?=$|s$|C):ER  er:EH R  (?<=[td])ed$:IH D  (?<=[pkfcsxh])ed$:T  (?<=C)ed$:D
(?<=[sxzhcg])es$:IH Z  (?<=V.*C)es$:Z  (?<=V.*C)e$:  e(?=ly$|ment|ful|less):  e(?=Ce$):IY  ^e(?=CV):IH  el$:AH L
en$:AH N  e$:IY  e:EH
ff:F  f:F
^gh:G  gh:  ^gn:N  gn$:N  gg:G  gue$:G  gu(?=[ei]):G  g(?=[eiy]):JH  g:G
(?<=V)h(?=C|$):  (?<=r)h:  h:HH
igh:AY  ign$:AY N  ied$:IY D  ies$:IY Z  ier:IY ER  ie:IY  ire$:AY ER  ir(?=C|$):ER  ine$:IY N  ide$:AY D  ize:AY Z
ise$:AY Z  ite$:AY T  ive$:IH V  i(?=Ce$):AY  io(?=n):Y AH  ia:IY AH  iu:IY AH  io:IY OW  i$:IY  i:IH
j:JH  ^kn:N  kk:K  k:K  (?<=C)le$:AH L  (?<=C)les$:AH L Z  ll:L  l:L
mm:M  ^mn:N  m:M  nn:N  ng$:NG  ng(?=s$|C):NG  n(?=k|q|x|c[^eiy]):NG  n:N
ology:AA L AH JH IY  ologist:AA L AH JH IH S T  ough:AO  ould:UH D  our(?=s?$):AW ER  ous$:AH S  oul:OW L  ou:AW  oor:AO R
oo(?=k|d$):UH  oo:UW  oa:OW  oe:IY  oi:OY  oy:OY  ow(?=[nl]):AW  ow:OW  (?<=w)or:ER  or(?=$|s$):ER  orr:AO R  or:AO R
o$:OW  ol$:AO L  on$:AH N  o(?=l[dt]):OW  o(?=C[rl]?V):OW  o:AA
ph:F  ^pn:N  ^ps:S  ^pt:T  pp:P  p:P  que$:K  qu:K W  q:K
rrh:R  rh:R  rr:R  r:R
sch:S K  sci:S AY  sc(?=[eiy]):S  sh:SH  (?<=V)sion:ZH AH N  ssion:SH AH N  sion:SH AH N  ss:S  (?<=[bdglmnrvaeio])s$:Z
(?<=V)s(?=V):Z  s(?=m$):Z AH  s:S
tch:CH  tion:SH AH N  tious:SH AH S  tial:SH AH L  ture:CH ER  th(?=e[rm]):DH  th:TH  tt:T  t:T
ur:ER  ue$:UW  ui:UW  uy:AY  ^u(?=CV):Y UW  u(?=C[iy]?[aeiou]):UW  um$:AH M  us$:AH S  u$:UW  u:AH
v:V  ^wh:W  ^wr:R  w(?=C|$):  w:W  ^x:Z  x:K S
^y:Y  (?<=V)y(?=V):Y  yr:IH R  y(?=Ce$):AY  (?<=^C)y:AY  (?<=C)y$:IY  y:IH  zz:Z  z:Z`;

interface Spelling {
  readonly pattern: RegExp;
  readonly sound: string;
}

const SPELLINGS: ReadonlyMap<string, readonly Spelling[]> = Map.groupBy(
  ENGLISH.trim()
    .split(/ {2}|\n/u)
    .map(readSpelling),
  ({ pattern }) => /^(?:\(.*?\))?\^?([a-z])/u.exec(pattern.source)?.[1] as string,
);

function readSpelling(rule: string): Spelling {
  const [pattern = '', sound = ''] = rule.split(':');
  const source = pattern.replaceAll('V', '[aeiouy]').replaceAll('C', '[bcdfghjklmnpqrstvwxz]');
  return { pattern: new RegExp(source, 'y'), sound };
}
