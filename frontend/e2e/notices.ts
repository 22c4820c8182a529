// A fake of DingTalk's work notices over HTTP: gives a token to who knows key and secret, and takes notices under that token alone.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Notice { agent_id: number; userid_list: string; msg: { msgtype: string; action_card?: { single_url: string } } }
export interface Taken { readonly user: string; readonly at: number; readonly text: string; readonly link: string }

export class Notices {
  readonly key = 'deck'
  readonly secret = 'this is secret'
  readonly taken: Taken[] = []
  refused = 0
  private readonly token = `t${Math.random()}`
  private readonly server: Server

  constructor() {
    this.server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://fake')
      let body = ''
      request.on('data', part => { body += String(part) })
      request.on('end', () => {
        const code = url.pathname === '/gettoken' ? this.known(url) : this.notice(url, body)
        if (code !== 0) this.refused++
        response.end(JSON.stringify({ errcode: code, access_token: this.token, expires_in: 7200, task_id: this.taken.length }))
      })
    })
  }

  async start(): Promise<string> {
    await new Promise<void>(done => { this.server.listen(0, '127.0.0.1', done) })
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }
  end(): void {
    this.server.closeAllConnections()
    this.server.close()
  }
  /** Who has got a first notice with a link of his own. */
  called(): Map<string, Taken> {
    const first = new Map<string, Taken>()
    for (const t of this.taken) if (t.link !== '' && !first.has(t.user)) first.set(t.user, t)
    return first
  }

  private known(url: URL): number {
    return url.searchParams.get('appkey') === this.key && url.searchParams.get('appsecret') === this.secret ? 0 : 40089
  }
  private notice(url: URL, body: string): number {
    if (url.searchParams.get('access_token') !== this.token) return 40014
    const n = JSON.parse(body) as Notice
    if (n.agent_id !== 7 || !/^u-\w+$/u.test(n.userid_list)) return 33012
    this.taken.push({ user: n.userid_list.slice(2), at: Date.now(), text: JSON.stringify(n.msg), link: n.msg.action_card?.single_url ?? '' })
    return 0
  }
}
