// The address of the map library's worker; vite.config.ts builds it together with the library.
declare module 'virtual:map-worker' {
  const url: string
  export default url
}
