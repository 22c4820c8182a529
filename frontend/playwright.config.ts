// The real program in a real browser. The server under test chooses its own port.
import { defineConfig } from '@playwright/test'

const measured = /(board|frame|live|soak|veil)\.spec\.ts$/u

export default defineConfig({
  testDir: 'e2e',
  workers: 2,
  retries: 0,
  timeout: 90_000,
  forbidOnly: true,
  preserveOutput: 'always',
  reporter: [['list']],
  outputDir: 'test-results',
  snapshotPathTemplate: '{testDir}/__screenshots__/{arg}{ext}',
  expect: { timeout: 30_000 },
  // What is measured runs alone, after all that may run beside something else.
  projects: [
    { name: 'beside', testIgnore: measured },
    { name: 'alone', testMatch: measured, workers: 1, dependencies: ['beside'] },
  ],
  use: {
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    deviceScaleFactor: 1,
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--font-render-hinting=none', '--disable-lcd-text', '--force-color-profile=srgb', '--hide-scrollbars'],
    },
  },
})
