/** Waits until `isSo` is true; after two minutes it throws an error with the condition that was awaited. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + mostMilliseconds;
  while (!(await isSo())) {
    if (Date.now() >= end) throw new Error(`Waited two minutes in vain for ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const mostMilliseconds = 120_000;
