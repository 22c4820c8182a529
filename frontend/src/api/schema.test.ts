import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import openapi, { astToString, COMMENT_HEADER } from 'openapi-typescript'
import { expect, it } from 'vitest'

it('the types are those of the server\'s own description (else: npm run schema)', async () => {
  const spec = new URL('../../../server/api/openapi.json', import.meta.url)
  const made = COMMENT_HEADER + astToString(await openapi(spec))
  expect(readFileSync(join(import.meta.dirname, 'schema.d.ts'), 'utf8') === made).toBe(true)
}, 30_000)
