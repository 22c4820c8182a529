// A household's square, read by the phone's own reader where it has one.

interface Reader { detect(from: HTMLVideoElement): Promise<{ rawValue: string }[]> }
type Maker = new (wants: { formats: string[] }) => Reader
const maker = () => (globalThis as { BarcodeDetector?: Maker }).BarcodeDetector

export function canScan(): boolean {
  return maker() !== undefined && 'mediaDevices' in navigator
}

/** Shows the camera in the picture until something was read; returns how to stop. Fails when there is no camera. */
export async function scan(into: HTMLVideoElement, read: (text: string) => void): Promise<() => void> {
  const Made = maker()
  if (!Made) throw new Error('no reader')
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  into.srcObject = stream
  await into.play()
  const reader = new Made({ formats: ['qr_code'] })
  const stop = () => {
    clearInterval(look)
    stream.getTracks().forEach(t => { t.stop() })
  }
  const look = setInterval(() => {
    void reader.detect(into).then(([found]) => {
      if (!found) return
      stop()
      read(found.rawValue)
    }).catch(() => undefined)
  }, 300)
  return stop
}
