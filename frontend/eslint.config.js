// Form, habits and floors of the screens: a floor takes only from those below it.
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

const ground = ['words', 'api', 'live']
const floors = [ground, ['charts'], ['tiles'], ['cockpit'], ['map'], ['wall', 'street', 'command', 'field', 'admin', 'stories']]

/** Patterns that match an import of one of these folders from beside or below. */
const from = names => names.flatMap(n => [`**/${n}/**`])

/** What one folder must not import, with the reason. */
function restrict(folder, patterns) {
  return {
    files: [`src/${folder}/**/*.{ts,vue}`],
    ignores: ['**/*.test.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  }
}

function floorRules() {
  return floors.flatMap((floor, i) => floor.map(folder => {
    const beside = i === 0 || i === floors.length - 1 ? floor.filter(f => f !== folder) : []
    const above = floors.slice(i + 1).flat()
    const patterns = []
    if (above.length > 0) patterns.push({ group: from(above), message: `${folder} stands below` })
    if (beside.length > 0) patterns.push({ group: from(beside), message: `${folder} stands beside`, allowTypeImports: true })
    if (folder === 'tiles') patterns.push({ group: from(['live']), message: 'tiles take only types from live', allowTypeImports: true })
    if (folder === 'live' || folder === 'api') patterns.push({ group: ['vue', 'vue-router'], message: `${folder} knows no Vue` })
    return restrict(folder, patterns)
  }))
}

export default ts.config(
  { ignores: ['dist/**', 'node_modules/**', 'test-results/**', 'playwright-report/**', 'src/api/schema.d.ts'] },
  ...ts.configs.recommended,
  ...vue.configs['flat/essential'],
  {
    files: ['**/*.{ts,vue}'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      'no-undef': 'off',
      'max-lines': ['error', 400],
      'max-depth': ['error', 3],
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/no-static-inline-styles': 'error', // a static style attribute is dropped by the content security policy
      'vue/no-v-html': 'error',
    },
  },
  { files: ['src/**/*.vue'], rules: { 'max-lines': ['error', 160] } },
  ...floorRules(),
  {
    files: ['src/**/*.{ts,vue}'],
    rules: { 'no-restricted-globals': ['error', ...['alert', 'confirm', 'prompt'].map(name => ({ name, message: 'a wall has no hands' }))] },
  },
  { files: ['e2e/**'], rules: { 'no-console': 'off' } },
)
