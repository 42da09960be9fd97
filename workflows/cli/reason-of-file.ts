/** Node has no longer texts. */
const tooLarge = 'it is larger than 512 MB, the most that one file may have';

/** Why a file cannot be read or written, in words. */
export function reasonOfFile(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  // Some ways to read a text that is too long have no code.
  if (error instanceof RangeError) return tooLarge;
  switch (code) {
    case 'ERR_STRING_TOO_LONG':
      return tooLarge;
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EISDIR':
      return 'it is a folder, not a file';
    case 'ENOTDIR':
      return 'it is a file, not a folder';
    case 'EACCES':
      return 'permission is denied';
    default:
      return message;
  }
}
