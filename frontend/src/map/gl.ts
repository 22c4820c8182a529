// Whether this browser draws WebGL2 with a graphics card: in software the map would come at two pictures a second.

const software = /swiftshader|llvmpipe|softpipe|software|basic render/iu

/** `wish` is what the address says: gl=1 asks for WebGL2 whatever draws it, gl=0 for none. */
export function hasGl(wish: unknown): boolean {
  if (wish === '0') return false
  const gl = document.createElement('canvas').getContext('webgl2')
  if (!gl) return false
  const info = gl.getExtension('WEBGL_debug_renderer_info')
  const who = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER))
  gl.getExtension('WEBGL_lose_context')?.loseContext()
  return wish === '1' || !software.test(who)
}
