// Whether what a tile says can be read from where the viewers sit. Type grows with distance, boxes don't: a tile in which
// something is then cut gives up what is secondary first, then stands smaller than asked for, and is named.

/** What became of a tile's words: all there, some left out by its composition, or one of them cut through. */
export type Found = 'whole' | 'less' | 'cut'

interface Area { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }

/** Text may lie this far outside its box, in px, or a share of its height: descenders of no letter in it. */
const slack = { across: 0.6, down: 0.3 }

function clipOf(e: Element, top: Element, known: Map<Element, Area>): Area {
  const old = known.get(e)
  if (old) return old
  const above = e === top || !e.parentElement ? { left: -1e9, right: 1e9, top: -1e9, bottom: 1e9 } : clipOf(e.parentElement, top, known)
  const s = getComputedStyle(e)
  const own = s.overflowX === 'visible' && e !== top ? null : e.getBoundingClientRect()
  const clip = own ? { left: Math.max(above.left, own.left), right: Math.min(above.right, own.right), top: Math.max(above.top, own.top), bottom: Math.min(above.bottom, own.bottom) } : above
  known.set(e, clip)
  return clip
}

/** Looks at every text of a tile, as it is laid out now. */
export function look(tile: Element): { readonly found: Found; readonly texts: readonly string[] } {
  const known = new Map<Element, Area>()
  const range = document.createRange()
  const walk = document.createTreeWalker(tile, NodeFilter.SHOW_TEXT)
  const cut: string[] = []
  let less = false
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const text = n.textContent?.trim() ?? ''
    if (text === '' || !n.parentElement) continue
    range.selectNodeContents(n)
    const r = range.getBoundingClientRect()
    if (r.width === 0 || r.height === 0) continue
    const c = clipOf(n.parentElement, tile, known)
    const down = r.height * slack.down
    if (r.left >= c.right - slack.across || r.right <= c.left + slack.across || r.top >= c.bottom - down || r.bottom <= c.top + down) less = true
    else if (r.left < c.left - slack.across || r.right > c.right + slack.across || r.top < c.top - down || r.bottom > c.bottom + down) cut.push(text)
  }
  return { found: cut.length > 0 ? 'cut' : less ? 'less' : 'whole', texts: cut }
}

const steps = 0.1
/** Smaller than this nothing is set: what is still cut then is named like the rest. */
const least = 0.7

/**
 * Makes each tile as large as `k` asks and its box allows: secondary parts go first, then size. Answers which tiles the
 * viewers can't read as they should. Charts take a new size a frame later: whoever `goes on` starts from where tiles stand.
 */
export function fit(tiles: Iterable<HTMLElement>, k: number, goesOn: boolean): string[] {
  const short: string[] = []
  for (const tile of tiles) {
    if (!goesOn) release(tile)
    const cut = look(tile).found
    if (cut === 'cut') shrink(tile, k)
    if (cut === 'cut' || (cut === 'less' && k > 1) || tile.dataset.tight !== undefined || tile.dataset.scale !== undefined) short.push(tile.dataset.tile ?? '')
  }
  return short
}

/** Takes from a tile until nothing is cut any more. */
function shrink(tile: HTMLElement, k: number): void {
  const now = Number.parseFloat(tile.style.getPropertyValue('--k')) || k
  let found: Found = 'cut'
  if (k > 1 && tile.dataset.tight === undefined) {
    tile.dataset.tight = ''
    found = look(tile).found
  }
  if (k <= 1) return // the layout was made for this eye: what is cut is named, and all that isn't stays legible
  for (let own = now - steps; found === 'cut' && own > least - steps / 2; own -= steps) {
    tile.dataset.scale = ''
    tile.style.setProperty('--k', String(Math.round(own * 100) / 100))
    found = look(tile).found
  }
}

/** Gives a tile back to the page's own size. */
function release(tile: HTMLElement): void {
  delete tile.dataset.tight
  delete tile.dataset.scale
  tile.style.removeProperty('--k')
}
