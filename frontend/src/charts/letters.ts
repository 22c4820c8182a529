// Words on a canvas, each drawn once and stamped from then on. Drawing a word anew asks the page for its style and looks
// through a hundred Chinese faces: with sixty tiles that was half of what a frame costs.

interface Stamp {
  readonly picture: OffscreenCanvas
  readonly x: number // where the word's anchor lies in the picture
  readonly y: number
}

const most = 400 // words kept a canvas: axes have few, and repeat them
const spare = 2 // pixels round a word, for what stands out of its width

function size(font: string): number {
  return Number(/([\d.]+)px/u.exec(font)?.[1] ?? 16)
}

function drawn(font: string, look: CanvasRenderingContext2D, text: string): Stamp | null {
  const high = Math.ceil(size(font) * 3)
  const ruler = new OffscreenCanvas(1, 1).getContext('2d')
  if (!ruler) return null
  ruler.font = font
  const wide = Math.ceil(ruler.measureText(text).width) + 2 * spare
  const picture = new OffscreenCanvas(wide, high)
  const pen = picture.getContext('2d')
  if (!pen) return null
  const { textAlign, textBaseline } = look
  const x = textAlign === 'center' ? wide / 2 : textAlign === 'right' || textAlign === 'end' ? wide - spare : spare
  Object.assign(pen, { font, textAlign, textBaseline, fillStyle: look.fillStyle })
  pen.fillText(text, x, high / 2)
  return { picture, x, y: high / 2 }
}

/** From now on this canvas stamps its words; when a face has come they are made anew, and it is to be drawn `again`. What it gives ends this. */
export function stampWords(look: CanvasRenderingContext2D, again: () => void): () => void {
  const stamps = new Map<string, Stamp>()
  const plain = look.fillText.bind(look)
  let font = look.font
  Object.defineProperty(look, 'font', { configurable: true, get: () => font, set: (is: string) => { font = is } })
  look.fillText = (text: string, x: number, y: number): void => {
    const key = `${font}|${String(look.fillStyle)}|${look.textAlign}|${look.textBaseline}|${text}`
    let stamp = stamps.get(key)
    if (!stamp) {
      const made = drawn(font, look, text)
      if (!made) return plain(text, x, y)
      if (stamps.size >= most) stamps.clear()
      stamps.set(key, (stamp = made))
    }
    look.drawImage(stamp.picture, Math.round(x - stamp.x), Math.round(y - stamp.y))
  }
  const anew = (): void => {
    stamps.clear()
    again()
  }
  document.fonts.addEventListener('loadingdone', anew)
  return () => { document.fonts.removeEventListener('loadingdone', anew) }
}
