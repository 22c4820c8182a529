// Colours of the theme as MapLibre reads them: it knows no oklch, a canvas does.

/** The theme's colour of a token as rgba. */
export function rgbOf(style: CSSStyleDeclaration): (token: string) => string {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 1
  const c = canvas.getContext('2d', { willReadFrequently: true })
  return token => {
    if (!c) return '#888'
    c.clearRect(0, 0, 1, 1)
    c.fillStyle = style.getPropertyValue(token).trim()
    c.fillRect(0, 0, 1, 1)
    const [r = 0, g = 0, b = 0, a = 255] = c.getImageData(0, 0, 1, 1).data
    return `rgba(${r},${g},${b},${a / 255})`
  }
}

/** Pictures of what circles can't show: the shapes of statuses, and the hatch of what is stale. */
export function picturesOf(colour: (token: string) => string): Record<string, ImageData> {
  const size = 64
  const draw = (paint: (c: CanvasRenderingContext2D) => void, side = size): ImageData => {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = side
    const c = canvas.getContext('2d')
    if (!c) return new ImageData(side, side)
    paint(c)
    return c.getImageData(0, 0, side, side)
  }
  return {
    warn: draw(c => {
      c.beginPath()
      c.moveTo(32, 4)
      c.lineTo(61, 57)
      c.lineTo(3, 57)
      c.closePath()
      filled(c, colour('--warn-plate'), colour('--warn'), 4)
    }),
    alarm: draw(c => {
      c.beginPath()
      c.rect(7, 7, 50, 50)
      filled(c, colour('--alarm-plate'), colour('--alarm'), 4)
    }),
    stale: draw(c => {
      c.beginPath()
      c.arc(32, 32, 26, 0, 7)
      c.setLineDash([14, 9])
      filled(c, colour('--sheet'), colour('--stale'), 6)
    }),
    hatch: draw(c => {
      c.fillStyle = colour('--ink')
      c.fillRect(0, 0, 16, 16)
      c.strokeStyle = colour('--ghost')
      c.lineWidth = 3
      c.beginPath()
      for (const o of [-16, 0, 16]) {
        c.moveTo(o - 2, 18)
        c.lineTo(o + 18, -2)
      }
      c.stroke()
    }, 16),
  }
}

function filled(c: CanvasRenderingContext2D, fill: string, line: string, width: number): void {
  c.fillStyle = fill
  c.fill()
  c.strokeStyle = line
  c.lineWidth = width
  c.stroke()
}
