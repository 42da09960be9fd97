import yauzl from 'yauzl';

/** Reads and inflates a zip with yauzl alone: what `data.ts` measures the check of a zip beside. */
const zip = await yauzl.openPromise(process.argv[2] ?? '', { autoClose: false });
for await (const entry of zip.eachEntry()) {
  const content = await zip.openReadStreamPromise(entry);
  for await (const chunk of content) void chunk;
}
zip.close();
