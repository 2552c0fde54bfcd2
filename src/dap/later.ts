// An answer that takes its time: requests behind it are served meanwhile, so that a
// guest that a command has set running can be paused.

export class Later<T> {
  readonly body: Promise<T>;

  constructor(body: Promise<T>) {
    this.body = body;
  }
}
