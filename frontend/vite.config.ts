// How the screens are built: one page, hashed assets, each compressed once for all who fetch it.
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { transformWithOxc, type Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const packable = /\.(html|js|mjs|css|svg|json|txt|webmanifest)$/u

/** Writes name.br and name.gz beside what gets smaller by it; fonts are compressed already. */
function compress(): Plugin {
  let out = ''
  return {
    name: 'compress',
    apply: 'build',
    configResolved: config => { out = resolve(config.root, config.build.outDir) },
    closeBundle() {
      for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !packable.test(entry.name)) continue
        const path = join(entry.parentPath, entry.name)
        const content = readFileSync(path)
        if (content.length < 1024) continue
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
        writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }))
      }
    },
  }
}

/** Asks for the face of figures before the style sheet has told the browser that it needs it. */
function preloadFigures(): Plugin {
  return {
    name: 'preload-figures',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) => Object.keys(bundle ?? {})
        .filter(name => /ibm-plex-sans-latin-500-normal.*\.woff2$/u.test(name))
        .map(name => ({ tag: 'link', injectTo: 'head', attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `/${name}` } })),
    },
  }
}

/**
 * Builds the map's library and its worker from their sources in one go, so that what both need is one file:
 * as published each brings its own copy, and all assets together weigh 90 KB more.
 */
function shareMapWorker(): Plugin {
  const source = join(import.meta.dirname, 'node_modules/maplibre-gl/src')
  const url = 'virtual:map-worker'
  let serving = false
  return {
    name: 'share-map-worker',
    enforce: 'pre',
    configResolved: config => { serving = config.command === 'serve' },
    // Its fields are written as declarations only: defined anew, they would undo what the class above them has set.
    transform: (code, id) => (/\/maplibre-gl\/src\/.*\.ts$/u.test(id) ? transformWithOxc(code, id, { typescript: { removeClassFieldsWithoutInitializer: true }, assumptions: { setPublicClassFields: true } }) : null),
    resolveId: id => (id === url ? `\0${url}` : id === 'maplibre-gl' && !serving ? join(source, 'index.ts') : null),
    load(id) {
      if (id !== `\0${url}`) return null
      if (serving) return "export { default } from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'"
      return `export default import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'chunk', id: join(source, 'source/worker.ts'), name: 'map-worker' })}`
    },
  }
}

/** Writes the worker of the phone's pages, with the names of all that those pages are made of. */
function fieldWorker(): Plugin {
  const source = join(import.meta.dirname, 'src/field/worker/worker.ts')
  return {
    name: 'field-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        const page = bundle['field.html']
        if (page?.type !== 'asset') throw new Error('field.html was not built')
        const text = String(page.source)
        const files = new Set([...text.matchAll(/"(\/(?:assets|field)\/[^"]+)"/gu)].map(m => m[1] ?? ''))
        for (const name of files) {
          const chunk = bundle[name.slice(1)]
          if (chunk?.type === 'chunk') for (const other of chunk.imports) files.add(`/${other}`)
        }
        for (const name of Object.keys(bundle)) if (/ibm-plex-sans-latin-(400|500|600)-normal.*\.woff2$/u.test(name)) files.add(`/${name}`)
        const list = [...files].sort()
        const { code } = await transformWithOxc(readFileSync(source, 'utf8'), source)
        const version = createHash('sha256').update(text + list.join() + code).digest('hex').slice(0, 12)
        const head = `const version = ${JSON.stringify(`field-${version}`)}, shell = '/field/task', files = ${JSON.stringify(list)}\n`
        this.emitFile({ type: 'asset', fileName: 'field/worker.js', source: head + code })
      },
    },
  }
}

/** Writes licences.txt: the notices of everything whose code or type leaves with the screens, as their licences ask. */
function notices(): Plugin {
  return {
    name: 'notices',
    apply: 'build',
    generateBundle() {
      const known = new Map<string, string>()
      const add = (name: string): void => {
        const folder = join(import.meta.dirname, 'node_modules', name)
        if (known.has(name)) return
        known.set(name, '')
        const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string; license?: string; dependencies?: Record<string, string> }
        const text = readdirSync(folder, { withFileTypes: true }).filter(f => f.isFile() && /^(licen[cs]e|notice)/iu.test(f.name)).map(f => f.name).sort().map(f => readFileSync(join(folder, f), 'utf8').trim()).join('\n\n')
        known.set(name, `${name} ${about.version} (${about.license ?? 'see below'})\n\n${text}`)
        for (const next of Object.keys(about.dependencies ?? {})) if (existsSync(join(import.meta.dirname, 'node_modules', next))) add(next)
      }
      const own = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }
      for (const name of Object.keys(own.dependencies)) add(name)
      const line = `\n\n${'-'.repeat(72)}\n\n`
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text).join(line) })
    },
  }
}

/** Modules of every first wall that later pages use too. */
const first = /node_modules\/(@vue|vue|vue-router)\/|src\/(live(?!\/events)|words\/(times|zone|units|numbers)|api\/(client|problem)|charts\/(scale|useBox)|tiles\/(tick|say|TileFrame|StatusMark|status|FreshLine|CoverageBar|TileFigure|figure)|cockpit\/(station|district|useScreen|layout|signedIn))\b/u
const server = process.env.CITYDECK_SERVER ?? 'http://localhost:8080'

export default defineConfig({
  plugins: [vue(), shareMapWorker(), preloadFigures(), fieldWorker(), notices(), compress()],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: {
    target: 'chrome115',
    assetsInlineLimit: 0, // a font in a data: URL would break font-src 'self'
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      input: ['index.html', 'field.html'].map(page => join(import.meta.dirname, page)), // the phone's pages carry no wall
      output: {
        // What the first wall needs anyway comes in one piece: many small ones compress worse.
        // The list of faces with their ranges is part of the fonts: a sheet of its own, which changes only with them.
        codeSplitting: { groups: [{ name: 'fonts', test: /src\/style\/fonts\.css/u }, { name: 'first', test: first }] },
      },
    },
  },
  worker: { format: 'es' }, // the map's worker is a module
  server: { proxy: { '/api': { target: server, ws: true } } },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
  },
})
