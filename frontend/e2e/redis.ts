// A real redis-server of the test's own, on a socket in its own folder, and the few commands that a producer needs.
import { spawn, type ChildProcess } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'

export class Redis {
  readonly socket: string
  readonly url: string
  private child: ChildProcess | null = null
  private line: Socket | null = null
  private waiting: ((answer: string) => void)[] = []
  private heard = ''

  constructor(private readonly folder: string) {
    this.socket = join(folder, 'redis.sock')
    this.url = `unix://${this.socket}`
  }

  async start(): Promise<void> {
    this.child = spawn('redis-server', ['--port', '0', '--unixsocket', this.socket, '--save', '', '--appendonly', 'yes', '--dir', this.folder, '--loglevel', 'warning'], { stdio: 'ignore' })
    for (let i = 0; ; i++) {
      if (await this.reach()) return
      if (i > 300) throw new Error('redis-server does not answer')
      await new Promise(done => setTimeout(done, 50))
    }
  }

  kill(): void {
    this.line?.destroy()
    this.line = null
    this.child?.kill('SIGKILL')
    this.child = null
  }

  /** Adds one reading, and waits until Redis has it. */
  async add(fields: Record<string, string>): Promise<void> {
    const answer = await this.ask('XADD', 'readings', '*', ...Object.entries(fields).flat())
    if (answer.startsWith('-')) throw new Error(answer)
  }

  ask(...words: string[]): Promise<string> {
    const { line } = this
    if (!line) throw new Error('not connected to Redis')
    return new Promise(done => {
      this.waiting.push(done)
      line.write(`*${words.length}\r\n${words.map(w => `$${Buffer.byteLength(w)}\r\n${w}\r\n`).join('')}`)
    })
  }

  private reach(): Promise<boolean> {
    return new Promise(done => {
      const line = connect(this.socket, () => {
        this.line = line
        this.waiting = []
        this.heard = ''
        line.on('data', d => this.hear(d.toString()))
        void this.ask('PING').then(answer => done(answer === '+PONG'))
      })
      line.on('error', () => done(false))
    })
  }

  /** Status, errors, numbers and bulk strings are all that is ever answered here. */
  private hear(text: string): void {
    this.heard += text
    for (;;) {
      const end = this.heard.indexOf('\r\n')
      if (end < 0) return
      const head = this.heard.slice(0, end)
      const size = head.startsWith('$') ? end + 2 + Number(head.slice(1)) + 2 : end + 2
      if (this.heard.length < size) return
      this.heard = this.heard.slice(size)
      this.waiting.shift()?.(head)
    }
  }
}
