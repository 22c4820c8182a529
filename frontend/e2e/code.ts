// One-time codes (RFC 6238), as a person's phone makes them.
import { createHmac } from 'node:crypto'

/** Six digits of a secret in Base32, at an instant in Unix milliseconds. */
export function codeOf(secret: string, at = Date.now()): string {
  let bits = ''
  for (const c of secret.replace(/[= ]/gu, '')) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')
  const key = Buffer.from((bits.match(/.{8}/gu) ?? []).map(b => Number.parseInt(b, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const mac = createHmac('sha1', key).update(counter).digest()
  return String((mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** The secret in what `user add` prints. */
export const secretIn = (printed: string): string => new URLSearchParams(printed.trim().split('?')[1]).get('secret') ?? ''
