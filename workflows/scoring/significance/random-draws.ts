/**
 * Numbers that are as good as random and the same for the same seed: xoshiro128** of Blackman and Vigna (2018), its state filled from the
 * seed by splitmix32.
 */
export class RandomDraws {
  readonly #state = new Uint32Array(4);

  /** `seed` is an integer, of which the lowest 32 bits count. */
  constructor(seed: number) {
    let next = seed | 0;
    for (let at = 0; at < 4; at += 1) {
      next = (next + 0x9e3779b9) | 0;
      let mixed = Math.imul(next ^ (next >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      this.#state[at] = mixed ^ (mixed >>> 15);
    }
  }

  /** 32 bits, as an integer from -2^31 on. */
  bits(): number {
    const state = this.#state;
    const second = state[1]!;
    const product = Math.imul(second, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const third = state[2]! ^ state[0]!;
    const fourth = state[3]! ^ second;
    state[1] = second ^ third;
    state[0] = state[0]! ^ fourth;
    state[2] = third ^ (second << 9);
    state[3] = (fourth << 11) | (fourth >>> 21);
    return result;
  }

  /** An integer from 0 to `limit` - 1, each as likely up to 1 in 2^32 / limit. */
  below(limit: number): number {
    return Math.floor((this.bits() >>> 0) * (limit / 0x1_0000_0000));
  }
}
