// A phone in a pocket: it shakes and sounds, where the browser lets it.

export function alertHands(): void {
  if (!navigator.userActivation.hasBeenActive) return
  navigator.vibrate?.([300, 150, 300])
  const sound = new AudioContext()
  for (const [i, pitch] of [660, 880].entries()) {
    const tone = sound.createOscillator()
    tone.frequency.value = pitch
    tone.connect(sound.destination)
    tone.start(sound.currentTime + i * 0.4)
    tone.stop(sound.currentTime + i * 0.4 + 0.35)
  }
  setTimeout(() => void sound.close(), 1500)
}
