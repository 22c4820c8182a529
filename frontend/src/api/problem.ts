// A question that got no answer.

export class Unanswered extends Error {
  /** `status` 0: nothing came back at all. */
  constructor(readonly status: number, what: string) {
    super(`${status} ${what}`)
  }

  /** True when the thing asked for isn't there, so that asking again is of no use. */
  get gone(): boolean {
    return this.status === 404 || this.status === 403
  }
}
