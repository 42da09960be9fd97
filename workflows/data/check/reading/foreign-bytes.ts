/** What a file is that is no plain text, by its first bytes: a noun with its article. Undefined where it may be text. */
export function foreignBytes(head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, LONGEST_SIGNATURE)).toString('latin1');
  const known = signatures.find(([signature]) =>
    typeof signature === 'string' ? start.startsWith(signature) : signature.test(start),
  );
  return known?.[1];
}

/** What stands in place of a file that a tool of version control keeps elsewhere. */
export interface FilePointer {
  /** `Git LFS` or `DVC`. */
  readonly tool: string;
  /** What gets the file itself. */
  readonly command: string;
}

/** Whether the first bytes of a file are such a pointer. */
export function filePointer(head: Uint8Array): FilePointer | undefined {
  const start = Buffer.from(head.subarray(0, LONGEST_SIGNATURE)).toString('latin1');
  if (start.startsWith('version https://git-lfs.github.com/spec/')) return { tool: 'Git LFS', command: 'git lfs pull' };
  return /^(?:wdir: [^\n]*\n)?outs:\r?\n- (?:md5|hash|size|path|etag): /.test(start)
    ? { tool: 'DVC', command: 'dvc pull' }
    : undefined;
}

/** An archive by what is in it, since documents of office programs are zips. */
export function archiveAs(names: readonly string[]): string {
  const known = documents.find(([name]) => names.includes(name));
  return known?.[1] ?? 'a zip';
}

const LONGEST_SIGNATURE = 512;

const signatures: readonly (readonly [signature: string | RegExp, is: string])[] = [
  ['PK\u0003\u0004', 'a zip'],
  ['PK\u0005\u0006', 'a zip'],
  ['%PDF-', 'a PDF document'],
  ['{\\rtf', 'an RTF document'],
  ['\u00D0\u00CF\u0011\u00E0\u00A1\u00B1\u001A\u00E1', 'a Word or Excel document of the old kind (.doc, .xls)'],
  ['\u001F\u008B', 'a gzip'],
  ["7z\u00BC\u00AF'\u001C", 'a 7z archive'],
  ['Rar!\u001A', 'a RAR archive'],
  [/^BZh[1-9]1AY/, 'a bzip2 archive'],
  ['\u00FD7zXZ\u0000', 'an xz archive'],
  ['\u0028\u00B5\u002F\u00FD', 'a Zstandard archive'],
  [/^RIFF.{4}WAVE/s, 'a WAV recording'],
  ['OggS\u0000', 'an Ogg recording'],
  ['fLaC\u0000', 'a FLAC recording'],
  ['ID3\u0002\u0000', 'an MP3 recording'],
  ['ID3\u0003\u0000', 'an MP3 recording'],
  ['ID3\u0004\u0000', 'an MP3 recording'],
  [/^.{4}ftyp/s, 'an MP4 file'],
  ['\u0089PNG\r\n', 'a PNG picture'],
  ['\u00FF\u00D8\u00FF', 'a JPEG picture'],
  ['SQLite format 3\u0000', 'an SQLite database'],
  ['PAR1\u0015', 'a Parquet file'],
  [/^(?:\u00EF\u00BB\u00BF)?\s*<(?:!doctype html|html)[\s>]/i, 'an HTML page'],
  [/^(?:\u00EF\u00BB\u00BF)?\s*<\?xml[\s]/i, 'an XML document'],
];

const documents: readonly (readonly [name: string, is: string])[] = [
  ['word/document.xml', 'a Word document (.docx)'],
  ['xl/workbook.xml', 'an Excel workbook (.xlsx)'],
  ['ppt/presentation.xml', 'a PowerPoint presentation (.pptx)'],
  ['content.xml', 'an OpenDocument file'],
];
