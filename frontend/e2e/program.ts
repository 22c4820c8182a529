// The real program, built before the tests (CITYDECK_BIN), with settings of the test's own.
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const binary = process.env.CITYDECK_BIN ?? join(import.meta.dirname, '../../bin/citydeck')

/** A folder of one test's own. */
export function aFolder(): string {
  return mkdtempSync(join(tmpdir(), 'citydeck-'))
}

export class Program {
  url = ''
  private child: ChildProcess | null = null
  private log: string[] = []
  private printed = ''

  constructor(private readonly settings: Record<string, string>, readonly folder = aFolder()) {
    if (!existsSync(binary)) throw new Error(`${binary} is not there: build it, or name it in CITYDECK_BIN`)
  }

  /** Starts the server and waits until it says where; later starts listen at the same place. */
  async start(): Promise<void> {
    const listen = this.url === '' ? '127.0.0.1:0' : new URL(this.url).host
    const env = { ...process.env, COCKPIT_HTTP_LISTEN: listen, COCKPIT_DATA_DIR: join(this.folder, 'data'), ...this.settings }
    const child = spawn(binary, [], { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    child.stdout.on('data', text => { this.printed += String(text) })
    this.url = await new Promise<string>((found, lost) => {
      child.once('exit', code => lost(new Error(`the server ended with ${String(code)}:\n${this.log.slice(-10).join('\n')}`)))
      createInterface({ input: child.stderr }).on('line', line => {
        this.log.push(line)
        const at = /"msg":"serving".*?"url":"(http[^"]+?)\/?"/u.exec(line)
        if (at?.[1]) found(at[1])
      })
    })
    await this.ready()
  }

  async ready(): Promise<void> {
    for (let i = 0; i < 600; i++) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => null)
      if (answer?.ok) return
      await new Promise(done => setTimeout(done, 100))
    }
    throw new Error(`the server does not get ready:\n${this.log.slice(-10).join('\n')}`)
  }

  async get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1${path}`)
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    return answer.json() as Promise<T>
  }

  /** Waits until the server printed something, where no log stands. */
  async told(what: RegExp): Promise<string> {
    for (let i = 0; i < 300; i++) {
      const found = what.exec(this.printed)
      if (found) return found[0]
      await new Promise(done => setTimeout(done, 100))
    }
    throw new Error(`the server never printed ${String(what)}`)
  }

  /** Runs another command of the program to its end, with something on its stdin; gives what it printed. */
  async run(input: string, ...args: string[]): Promise<string> {
    const child = spawn(binary, args, { cwd: this.folder, env: { ...process.env, COCKPIT_DATA_DIR: join(this.folder, 'data'), ...this.settings }, stdio: ['pipe', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    child.stdout.on('data', text => { out += String(text) })
    child.stderr.on('data', text => { err += String(text) })
    child.stdin.end(input)
    const code = await new Promise(done => child.once('close', done))
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}: ${err}`)
    return out
  }

  signal(name: NodeJS.Signals): void {
    this.child?.kill(name)
  }

  /** Runs another command of the program beside it. */
  beside(...args: string[]): ChildProcess {
    return spawn(binary, args, { cwd: this.folder, env: { ...process.env, ...this.settings }, stdio: 'ignore' })
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { child } = this
    this.child = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    await new Promise<void>(done => {
      child.removeAllListeners('exit')
      child.once('exit', () => done())
      child.kill('SIGCONT')
      child.kill(signal)
      setTimeout(() => child.kill('SIGKILL'), 8000).unref()
    })
  }

  async end(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
