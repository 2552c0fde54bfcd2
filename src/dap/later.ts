// An answer that takes its time: requests behind it are served meanwhile, so that a
// guest that somebody has set running meanwhile can be paused, or left.

export class Later<T> {
  readonly body: Promise<T>;
  /** Done once the answer is on its way, if it is a good one. */
  readonly afterwards: () => void;

  constructor(body: Promise<T>, afterwards: () => void = () => undefined) {
    this.body = body;
    this.afterwards = afterwards;
  }
}
