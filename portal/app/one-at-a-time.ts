/**
 * A function that does `act`, once at a time: calls while it is under way are one call more when it has ended, however many they are. Once
 * the signal is aborted nothing is done any more. `act` does not reject.
 */
export function oneAtATime(act: () => Promise<void>, { signal }: { readonly signal: AbortSignal }): () => void {
  let isUnderWay = false;
  let isWanted = false;
  const doWanted = async (): Promise<void> => {
    isUnderWay = true;
    while (isWanted && !signal.aborted) {
      isWanted = false;
      await act();
    }
    isUnderWay = false;
  };
  return () => {
    isWanted = true;
    if (!isUnderWay) void doWanted();
  };
}
