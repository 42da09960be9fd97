/** Waits until `isSo` is true; after four minutes it throws an error with the condition that was awaited. */
export async function until(isSo: () => boolean | Promise<boolean>, pauseMilliseconds = 20): Promise<void> {
  const end = Date.now() + mostMilliseconds;
  while (!(await isSo())) {
    if (Date.now() >= end) throw new Error(`Waited four minutes in vain for ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
  }
}

const mostMilliseconds = 240_000;
