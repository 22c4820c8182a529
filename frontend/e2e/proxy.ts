// A network between page and program that can be cut: it goes silent, as a pulled cable does, or refuses.
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

export class Network {
  url = ''
  private server: Server | null = null
  private silent = false
  private readonly pairs = new Set<[Socket, Socket]>()

  constructor(private readonly target: string) {}

  async open(): Promise<void> {
    const { hostname, port } = new URL(this.target)
    const server = createServer(near => {
      const far = connect(Number(port), hostname)
      const pair: [Socket, Socket] = [near, far]
      this.pairs.add(pair)
      const end = () => {
        this.pairs.delete(pair)
        near.destroy()
        far.destroy()
      }
      for (const [from, to] of [[near, far], [far, near]] as const) {
        from.on('data', d => { if (!this.silent) to.write(d) })
        from.on('error', end)
        from.on('close', end)
      }
    })
    this.server = server
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** Nothing passes any more, and nobody is told. */
  cut(): void {
    this.silent = true
  }

  /** Passes again; what was under way while it was cut is lost, so those connections end. */
  mend(): void {
    this.silent = false
    for (const [near] of this.pairs) near.destroy()
  }

  close(): void {
    for (const [near] of this.pairs) near.destroy()
    this.server?.close()
  }
}
