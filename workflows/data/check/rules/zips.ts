import { counted } from '../../../document/counted.ts';
import { quoteName } from '../../../document/quote-name.ts';
import { rule } from './rule.ts';

const datasets = 'Training and testing datasets';
const seen = 'seen: archives that programs refuse';

/** Archives. */
export const zipRules = {
  'zip-damaged': rule<{ why: string }>({
    costs: 'set',
    means:
      'The archive cannot be read: it is cut off, or no zip at all, or a file in it is not what its checksum says.',
    advice: 'Make it anew, or copy it again from where it came; or give the folder itself, which an upload packs.',
    source: datasets,
    tell: (p) => ({
      message: `Cannot read the archive: ${p.why}`,
      hint: 'Make it anew, or give the folder itself, which is packed by the upload',
    }),
  }),
  'zip-too-large': rule<{ bytes: number; most: number }>({
    costs: 'set',
    means: 'The archive has more bytes than the service takes for one dataset.',
    advice: 'Make several of it, each with the lines of its recordings in a transcript of its own.',
    source: `${datasets}; Speech service quotas and limits`,
    tell: (p) => ({
      message: `Cannot take an archive of ${p.bytes.toLocaleString('en-US')} bytes: at most ${p.most.toLocaleString('en-US')} are allowed`,
      hint: 'Make several of it, each with a transcript of its own',
    }),
  }),
  'zip-expands': rule<{ times: number; bytes: number }>({
    costs: 'set',
    means: 'The archive unpacks to far more than recordings would: it fills the disk of whoever unpacks it.',
    advice: 'Make it anew of the recordings.',
    source: seen,
    tell: (p) => ({
      message: `Cannot trust the archive: it unpacks to ${p.bytes.toLocaleString('en-US')} bytes, ${p.times.toLocaleString('en-US')} times its size`,
      hint: 'Make it anew, or give the folder itself, which is packed by the upload',
    }),
  }),
  'zip-encrypted': rule<{ name: string; others: number }>({
    costs: 'set',
    means: 'A file in the archive has a password, and the service has none.',
    advice: 'Make the archive without a password.',
    source: seen,
    tell: (p) => ({
      message: `Cannot unpack ${quoteName(p.name)}${andOthers(p.others)}: it is encrypted`,
      hint: 'Make the archive without a password',
    }),
  }),
  'zip-compression': rule<{ name: string; method: number; others: number }>({
    costs: 'set',
    means:
      'A file in the archive is compressed in another way than stored or deflated, which not every program unpacks.',
    advice: 'Make it with "deflate", which programs for zip files use by themselves.',
    source: seen,
    tell: (p) => ({
      message: `Cannot rely on the compression of ${quoteName(p.name)}${andOthers(p.others)}: it has method ${p.method}, and stored (0) and deflated (8) are read everywhere`,
      hint: 'Make the archive with deflate',
    }),
  }),
  'zip-name': rule<{ why: string }>({
    costs: 'set',
    means: 'A name in the archive leads out of it, or has backslashes or control characters.',
    advice:
      'Make the archive with a program that writes `/` between folders, or give the folder itself, which an upload packs.',
    source: seen,
    tell: (p) => ({
      message: `Cannot use a name in the archive: ${p.why}`,
      hint: 'Make it anew, or give the folder itself, which is packed by the upload',
    }),
  }),
  'zip-link': rule<{ name: string; others: number }>({
    costs: 'set',
    means: 'An entry of the archive is a link or a device, and no file.',
    advice: 'Pack the files themselves.',
    source: seen,
    tell: (p) => ({
      message: `Cannot take ${quoteName(p.name)}${andOthers(p.others)}: it is a link or a device, and no file`,
      hint: 'Pack the files themselves',
    }),
  }),
  'zip-same-name': rule<{ name: string; others: number }>({
    costs: 'set',
    means: 'Two files of the archive have the same name, so that one would hide the other.',
    advice: 'Give each file a name of its own.',
    source: seen,
    tell: (p) => ({
      message: `Cannot tell two files apart: the archive has ${quoteName(p.name)}${andOthers(p.others)} twice`,
    }),
  }),
  'zip-overlap': rule<{ name: string }>({
    costs: 'set',
    means: 'Two entries of the archive share their bytes, as in archives that are made to fill disks.',
    advice: 'Make it anew of the recordings.',
    source: seen,
    tell: (p) => ({
      message: `Cannot trust the archive: the content of ${quoteName(p.name)} is also that of another file`,
    }),
  }),
} as const;

function andOthers(others: number): string {
  return others === 0 ? '' : ` and ${counted(others, 'other')}`;
}
