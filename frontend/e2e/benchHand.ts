// The page to measure against: the same picture, taken from the wall as it stands, whose changes are written into the DOM
// by hand, each by the shortest way there is.

/** Runs in the page: takes hold of the drawn tiles, and from then on writes every frame into them. */
export async function byHand(): Promise<void> {
  type Point = [number, number | null]
  interface Patch { id: string; as_of: number; value?: number; change?: { value: number }; spark?: Point[]; items?: { id: string; value: number }[] }
  interface Seen { draw(p: Patch): void; paint?(): void }
  const { snapshot } = await (await fetch('/api/v1/played')).json() as { snapshot: (Patch & { spark: Point[] | null; items: { id: string; value: number }[] | null })[] }
  const colour = (name: string) => getComputedStyle(document.body).getPropertyValue(name).trim()
  const ink = { data: colour('--data'), line: colour('--line'), note: colour('--text-3'), sheet: colour('--sheet'), map: [0, 1, 2, 3, 4, 5].map(i => colour(`--map-${i}`)) }
  const textIn = (e: Element | null | undefined): Text => [...e?.childNodes ?? []].find((n): n is Text => n.nodeType === Node.TEXT_NODE) ?? new Text()

  /** Figure, underline and freshness line, which all kinds share. */
  function face(tile: HTMLElement): (text: string, asOf: number) => void {
    const figure = textIn(tile.querySelector('.figure .num'))
    const [under, fresh] = [tile.querySelector('.changed'), tile.querySelector<HTMLElement>('.fresh')]
    const blink = under?.animate([{ opacity: 0.9 }, { opacity: 0 }], { duration: 600, easing: 'ease-out' })
    let [changed, steps] = [0, 240]
    return (text, asOf) => {
      const now = performance.now()
      if (text !== '' && figure.data !== text) {
        figure.data = text
        if (blink && now - changed > 2000) {
          changed = now
          blink.currentTime = 0
          blink.play()
        }
      }
      const left = Math.max(0, Math.min(240, Math.ceil(240 * (1 - (Date.now() - asOf) / 600_000))))
      if (!fresh || left === steps) return
      steps = left
      fresh.style.transform = left === 240 ? '' : `scaleX(${left / 240})`
    }
  }
  function ends(spark: Point[]): [number, number] {
    let [lo, hi] = [Infinity, -Infinity]
    for (const [, v] of spark) {
      if (v === null) continue
      if (v < lo) lo = v
      if (v > hi) hi = v
    }
    return [lo, hi]
  }
  function renewed(spark: Point[], p: Patch): void {
    const last = spark.at(-1)
    for (const point of p.spark ?? []) if (last && last[0] === point[0]) last[1] = point[1]
  }

  function stat(tile: HTMLElement, spark: Point[]): Seen {
    const shows = face(tile)
    const change = textIn(tile.querySelector('.change .num'))
    const mark = tile.querySelector('.change path')
    const [line, dot, svg] = [tile.querySelector('.spark .line'), tile.querySelector('.spark .end'), tile.querySelector('.spark svg')]
    const [w, h] = [Number(svg?.getAttribute('width')) * 10, Number(svg?.getAttribute('height')) * 10]
    const first = spark[0]?.[0] ?? 0
    const span = (spark.at(-1)?.[0] ?? 1) - first
    return {
      draw(p) {
        renewed(spark, p)
        shows((p.value ?? 0).toFixed(1), p.as_of)
        const by = p.change?.value ?? 0
        change.data = `${by < 0 ? '−' : '+'}${Math.abs(by).toFixed(2)}`
        mark?.setAttribute('d', by < 0 ? 'M8 14 1 2h14Z' : 'M8 2 15 14H1Z')
        const [lo, hi] = ends(spark)
        let [d, x, y] = ['', 0, 0]
        for (const [t, v] of spark) {
          if (v === null) continue
          x = Math.round(55 + ((t - first) / span) * (w - 110))
          y = Math.round(h - 55 - ((v - lo) / (hi - lo || 1)) * (h - 110))
          d += `${d === '' ? 'M' : 'L'}${x} ${y}`
        }
        line?.setAttribute('d', d)
        dot?.setAttribute('cx', String(x))
        dot?.setAttribute('cy', String(y))
      },
    }
  }

  function trend(tile: HTMLElement, spark: Point[]): Seen {
    const shows = face(tile)
    const canvas = tile.querySelector('canvas')
    const c = canvas?.getContext('2d')
    const [w, h] = [canvas?.width ?? 0, canvas?.height ?? 0]
    const first = spark[0]?.[0] ?? 0
    const span = (spark.at(-1)?.[0] ?? 1) - first
    return {
      draw(p) {
        renewed(spark, p)
        shows((p.value ?? 0).toFixed(2), p.as_of)
      },
      paint() {
        if (!c) return
        const [lo, hi] = ends(spark)
        const at = (t: number, v: number): [number, number] => [61 + ((t - first) / span) * (w - 69), h - 27 - ((v - lo) / (hi - lo || 1)) * (h - 37)]
        c.clearRect(0, 0, w, h)
        c.strokeStyle = ink.line
        c.lineWidth = 1
        c.fillStyle = ink.note
        c.font = '18px "IBM Plex Sans"'
        c.textAlign = 'right'
        for (const v of [lo, hi]) {
          const [, y] = at(first, v)
          c.beginPath()
          c.moveTo(61, y)
          c.lineTo(w - 8, y)
          c.stroke()
          c.fillText(v.toFixed(2), 55, y + 6)
        }
        c.textAlign = 'center'
        for (const share of [0.4, 0.9]) {
          const x = 61 + share * (w - 69)
          c.beginPath()
          c.moveTo(x, 10)
          c.lineTo(x, h - 27)
          c.stroke()
          c.fillText('12:00', x, h - 6)
        }
        c.beginPath()
        c.strokeStyle = c.fillStyle = ink.data
        c.lineWidth = 3
        let [x, y] = [0, 0]
        for (const [t, v] of spark) {
          if (v === null) continue
          ;[x, y] = at(t, v)
          c.lineTo(x, y)
        }
        c.stroke()
        c.beginPath()
        c.arc(x, y, 5, 0, 7)
        c.fill()
      },
    }
  }

  function ranking(tile: HTMLElement): Seen {
    const shows = face(tile)
    const total = textIn(tile.querySelector('.window'))
    const rows = new Map([...tile.querySelectorAll<HTMLElement>('[data-item]')].map(r => [r.dataset.item ?? '', { value: textIn(r.querySelector('.value')), bar: r.querySelector<HTMLElement>('.bar i'), limit: r.querySelector<HTMLElement>('.bar u') }]))
    const values = new Map<string, number>()
    return {
      draw(p) {
        shows('', p.as_of)
        total.data = `合计 ${p.value ?? 0}`
        for (const i of p.items ?? []) values.set(i.id, i.value)
        const most = Math.max(...values.values(), 1)
        for (const [id, v] of values) {
          const row = rows.get(id)
          if (!row) continue
          if (row.value.data !== String(v)) row.value.data = String(v)
          const scale = `scaleX(${v / most})`
          if (row.bar && row.bar.style.transform !== scale) row.bar.style.transform = scale
        }
      },
    }
  }

  function map(tile: HTMLElement): Seen {
    const shows = face(tile)
    const canvas = tile.querySelector('canvas')
    const c = canvas?.getContext('2d')
    const [w, h] = [canvas?.width ?? 0, canvas?.height ?? 0]
    const whole = new Path2D()
    whole.rect(w * 0.3, h * 0.2, w * 0.4, h * 0.6)
    const cells = Array.from({ length: 8 }, (_, i) => {
      const path = new Path2D()
      path.rect(w * (0.3 + 0.2 * (i % 2)), h * (0.2 + 0.15 * Math.floor(i / 2)), w * 0.2, h * 0.15)
      return path
    })
    const classes = new Map<string, number>()
    let painted = ''
    return {
      draw(p) {
        shows('', p.as_of)
        for (const i of p.items ?? []) classes.set(i.id, Math.max(1, Math.min(5, Math.floor((i.value - 94) * 2))))
        const now = [...classes.values()].join()
        if (!c || now === painted) return
        painted = now
        c.clearRect(0, 0, w, h)
        c.strokeStyle = ink.note
        for (const d of [7, 11, 16, 22, 29, 37, 46]) {
          c.lineWidth = 2 * d
          c.globalAlpha = 0.1
          c.stroke(whole)
        }
        c.globalAlpha = 1
        c.strokeStyle = ink.sheet
        c.lineWidth = 3.5
        let n = 0
        for (const k of classes.values()) {
          const cell = cells[n++]
          if (!cell) break
          c.fillStyle = ink.map[k] ?? ''
          c.fill(cell)
          c.stroke(cell)
        }
      },
    }
  }

  const seen = new Map(snapshot.map(t => {
    const tile = document.querySelector<HTMLElement>(`[data-tile="${t.id}"]`)
    if (!tile) throw new Error(`no tile ${t.id}`)
    const spark = (t.spark ?? []).map(([at, v]): Point => [at, v])
    const kind = tile.dataset.kind
    return [t.id, kind === 'stat' ? stat(tile, spark) : kind === 'trend' ? trend(tile, spark) : kind === 'ranking' ? ranking(tile) : map(tile)]
  }))
  const due = new Map<string, Patch>()
  let asked = 0
  window.feed.hear = text => {
    const read = JSON.parse(text) as { op: string; tiles?: Patch[] } | { op: string; tiles?: Patch[] }[]
    for (const m of Array.isArray(read) ? read : [read]) for (const p of m.tiles ?? []) due.set(p.id, p)
    asked ||= requestAnimationFrame(() => {
      asked = 0
      for (const [id, p] of due) seen.get(id)?.draw(p)
      for (const id of due.keys()) seen.get(id)?.paint?.() // words on a canvas have the page laid out: after all else is written
      due.clear()
    })
  }
}
