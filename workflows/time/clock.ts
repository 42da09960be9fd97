/** The time, and waiting in it. Tests move it. */
export interface ClockPort {
  now(): Date;
  /**
   * Waits until so much time has gone by, however much it is, or rejects with the signal's reason when it is aborted. A
   * clock that was set ahead meanwhile, or whose machine slept, is noticed within a minute.
   */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
