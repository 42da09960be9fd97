/** Counts the recognitions that are under way, for the limit of each endpoint. */
export class OpenRecognitions {
  readonly #open = new Map<string, number>();

  /**
   * Counts one more recognition in a place, which is an endpoint's id or another name, and answers what ends it; undefined, and
   * nothing is counted, when there are `most` already. Ending it twice does no harm.
   */
  begin(place: string, most: number): (() => void) | undefined {
    const count = this.#open.get(place) ?? 0;
    if (count >= most) return undefined;
    this.#open.set(place, count + 1);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      const left = (this.#open.get(place) ?? 1) - 1;
      if (left > 0) this.#open.set(place, left);
      else this.#open.delete(place);
    };
  }
}
