// A picture from a phone's camera, small enough to go up a thin line; what the camera wrote beside it stays behind.

const longest = 1280
/** Base64 that the server takes, with room for what stands around it. */
const most = 900_000

/** The picture as JPEG in Base64; null when it is none that this phone can read. */
export async function shrunk(file: Blob): Promise<string | null> {
  const bitmap = await createImageBitmap(file).catch(() => null)
  if (!bitmap) return null
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(bitmap.width * scale))
  canvas.height = Math.max(1, Math.round(bitmap.height * scale))
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  for (const quality of [0.7, 0.5, 0.3]) {
    const data = canvas.toDataURL('image/jpeg', quality).split(',')[1] ?? ''
    if (data !== '' && data.length < most) return data
  }
  return null
}
