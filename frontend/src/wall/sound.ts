// Two tones for a new alarm, three times ten seconds apart; a command has tones of its own. Nothing is played from a file.

type Kind = 'alarm' | 'command'

const length = 0.4
const times = 3
const apart = 10_000
/** Hz, one tone after another */
const tones: Readonly<Record<Kind, readonly number[]>> = { alarm: [660, 880], command: [880, 880, 660] }

export class Sound {
  private timer: ReturnType<typeof setTimeout> | undefined
  private left = 0

  constructor(private readonly context: AudioContext, private readonly played: () => void) {}

  get muted(): boolean { return this.context.state !== 'running' }

  /** Rings; while it rings for one thing another starts it anew. */
  ring(kind: Kind): void {
    clearTimeout(this.timer)
    this.left = times
    this.turn(kind)
  }

  private turn(kind: Kind): void {
    this.left--
    if (!this.muted) this.play(tones[kind])
    if (this.left > 0) this.timer = setTimeout(() => this.turn(kind), apart)
  }

  private play(hertz: readonly number[]): void {
    this.played()
    hertz.forEach((f, i) => {
      const from = this.context.currentTime + i * length
      const tone = this.context.createOscillator()
      const volume = this.context.createGain()
      tone.frequency.value = f
      // A soft edge on both sides: a tone that starts at full strength clicks.
      volume.gain.setValueAtTime(0, from)
      volume.gain.linearRampToValueAtTime(0.4, from + 0.02)
      volume.gain.setValueAtTime(0.4, from + length - 0.05)
      volume.gain.linearRampToValueAtTime(0, from + length)
      tone.connect(volume).connect(this.context.destination)
      tone.start(from)
      tone.stop(from + length)
    })
  }

  end(): void {
    clearTimeout(this.timer)
    void this.context.close()
  }
}
