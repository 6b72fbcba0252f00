import { isFault } from '@fairlead/base'
import { parseManifests } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'

const parse = (text: string, file = 'web.yaml') => parseManifests([{ file, text }])

function problemsOf(...texts: readonly string[]): readonly string[] {
  try {
    parseManifests(texts.map((text, index) => ({ file: `${'abc'[index]}.yaml`, text })))
  } catch (error) {
    if (isFault(error, 'INPUT_INVALID')) return error.problems.map(({ message }) => message)
    throw error
  }
  return []
}

const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n'

describe('parseManifests', () => {
  test('reads documents one after the other, with the line each begins on', () => {
    const found = parse(`# first\n---\n${CONFIG_MAP}---\n---\n# nothing here\n---\n${CONFIG_MAP.replace('web', 'db')}...\n`)
    expect(found.map(({ object, file, line }) => [object.metadata.name, file, line])).toEqual([
      ['web', 'web.yaml', 3],
      ['db', 'web.yaml', 11],
    ])
  })

  test('reads nothing out of nothing', () => {
    for (const text of ['', '\n', '---\n', '# only words\n', '\uFEFF']) expect(parse(text)).toEqual([])
  })

  test('reads JSON, tabs and all', () => {
    expect(parse('{\n\t"apiVersion": "v1",\n\t"kind": "ConfigMap",\n\t"metadata": {"name": "web"}\n}\n')[0]?.object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web' },
    })
  })

  test('reads scalars as the API server does', () => {
    const [found] = parse(
      `${CONFIG_MAP}data: {octal: 0644, new: 0o17, yes: yes, off: off, time: 12:30, day: 2026-01-01, version: 1.10, hex: 0x1F, many: 1_000, nothing: ~, on: "on"}\n`,
    )
    expect(found?.object).toMatchObject({
      data: { octal: 420, new: 15, yes: true, off: false, time: '12:30', day: '2026-01-01', version: 1.1, hex: 31, many: 1000, nothing: null, on: 'on' },
    })
  })

  test('follows anchors and merges', () => {
    const [found] = parse(`${CONFIG_MAP}base: &base {a: 1}\nmore:\n  <<: *base\n  b: 2\n`)
    expect(found?.object).toMatchObject({ more: { a: 1, b: 2 } })
  })

  test('takes lists apart, typed ones too, and lists in lists', () => {
    const found = parse(
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n- apiVersion: apps/v1\n  kind: DeploymentList\n  items:\n  - metadata: {name: b}\n',
    )
    expect(found.map(({ object, line }) => [object.apiVersion, object.kind, object.metadata.name, line])).toEqual([
      ['v1', 'Pod', 'a', 4],
      ['apps/v1', 'Deployment', 'b', 10],
    ])
  })

  test('keeps a __proto__ where it was written, and changes no prototype', () => {
    const [found] = parse(`${CONFIG_MAP}data: {__proto__: {polluted: "yes"}}\n`)
    expect(JSON.stringify(found?.object)).toContain('{"__proto__":{"polluted":"yes"}}')
    expect(({} as { polluted?: string }).polluted).toBeUndefined()
  })

  test('finds where a field stands, or its nearest ancestor', () => {
    const text =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n'
    const [found] = parse(text)
    const at = (...path: (string | number)[]) => found?.positionOf(path)
    expect(at()).toEqual({ file: 'web.yaml', line: 1, column: 1 })
    expect(at('metadata', 'name')).toEqual({ file: 'web.yaml', line: 4, column: 3 })
    expect(at('spec', 'template', 'spec', 'containers', 0)).toEqual({ file: 'web.yaml', line: 9, column: 11 })
    expect(at('spec', 'template', 'spec', 'containers', 0, 'image')).toEqual({ file: 'web.yaml', line: 10, column: 11 })
    expect(at('spec', 'template', 'spec', 'containers', 0, 'livenessProbe', 'httpGet')).toEqual({ file: 'web.yaml', line: 9, column: 11 })
    expect(at('spec', 'replicas')).toEqual({ file: 'web.yaml', line: 5, column: 1 })
  })

  test('finds fields inside the items of a list, and through anchors', () => {
    const [found] = parse(
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: &meta\n    name: a\n  data: {}\n  copy: *meta\n',
    )
    expect(found?.positionOf(['metadata', 'name'])).toEqual({ file: 'web.yaml', line: 7, column: 5 })
    expect(found?.positionOf(['copy', 'name'])).toEqual({ file: 'web.yaml', line: 7, column: 5 })
  })

  test('shows the line and a caret under the place', () => {
    expect(problemsOf('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  name: db\n')).toEqual([
      'a.yaml:5:3: Map keys must be unique\n\n  5 |   name: db\n    |   ^',
    ])
  })

  test('names everything that is wrong, in all files', () => {
    const problems = problemsOf('kind: ConfigMap\nmetadata: {}\n', 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: web-}\n---\njust words\n', 'a: [1\n')
    expect(problems.map((problem) => problem.split('\n')[0])).toEqual([
      'c.yaml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ]',
      'a.yaml:1:1: apiVersion is missing, expected a text, got nothing',
      'a.yaml:2:1: metadata.name is missing, expected a text, got nothing',
      'b.yaml:3:12: generateName makes another object on every run, expected metadata.name',
      'b.yaml:5:1: expected a Kubernetes object, got the text just words',
    ])
  })

  test.each([
    {
      name: 'a number for a name',
      text: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: 123\n',
      problem: 'a.yaml:4:3: metadata.name is missing, expected a text, got the number 123',
    },
    {
      name: 'a number for a label',
      text: `${CONFIG_MAP}  labels:\n    version: 1.10\n`,
      problem: 'a.yaml:6:5: labels hold texts only, expected a text for "version", got the number 1.1',
    },
    {
      name: 'a boolean for an annotation',
      text: `${CONFIG_MAP}  annotations: {on: true}\n`,
      problem: 'a.yaml:5:17: annotations hold texts only, expected a text for "on", got the boolean true',
    },
    {
      name: 'labels that are a list',
      text: `${CONFIG_MAP}  labels: [a]\n`,
      problem: 'a.yaml:5:3: metadata.labels is no map, expected keys with texts, got a list',
    },
    { name: 'a tag nobody knows', text: `${CONFIG_MAP}data: !secret x\n`, problem: 'a.yaml:5:7: Unresolved tag: !secret' },
    {
      name: 'a template',
      text: `${CONFIG_MAP}spec:\n  image: {{ .Values.image }}\n`,
      problem: 'a.yaml:6:10: a template expression, expected a plain manifest, got {{',
    },
    {
      name: 'a template around documents',
      text: `{{- if .Values.on }}\n${CONFIG_MAP}{{- end }}\n`,
      problem: 'a.yaml:1:1: a template expression, expected a plain manifest, got {{',
    },
    {
      name: 'a template in quotes',
      text: CONFIG_MAP.replace('web', '"{{ .Release.Name }}"'),
      problem: 'a.yaml:4:3: a template expression, expected a plain manifest, got {{',
    },
    { name: 'a list for a document', text: '- a\n- b\n', problem: 'a.yaml:1:1: expected a Kubernetes object, got a list' },
    { name: 'an alias to nothing', text: `${CONFIG_MAP}data: *none\n`, problem: 'a.yaml:5:7: *none stands for nothing, expected &none before it' },
    {
      name: 'an alias bomb',
      text: `${CONFIG_MAP}a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
      problem: 'a.yaml:1:1: its aliases multiply beyond measure, expected at most 100 of them',
    },
    {
      name: 'more than a hundred levels',
      text: `${CONFIG_MAP}data: ${'['.repeat(101)}${']'.repeat(101)}\n`,
      problem: 'a.yaml:5:106: nested too deeply, expected at most 100 levels',
    },
    { name: 'thousands of levels', text: '['.repeat(100_000), problem: expect.stringMatching(/^a\.yaml:1:\d+: /) },
    { name: 'more than 5 MB', text: `# ${'x'.repeat(5 * 1024 * 1024)}\n`, problem: 'a.yaml: the file is too large, expected at most 5 MB, got 5.0 MB' },
  ])('refuses $name', ({ text, problem }) => {
    expect(problemsOf(text)[0]?.split('\n')[0]).toEqual(problem)
  })

  test('leaves templates alone that are data', () => {
    expect(problemsOf(`${CONFIG_MAP}data:\n  alert: |\n    {{ $labels.pod }} is down\n  inline: "{{ $value }}"\n`)).toEqual([])
  })

  test('names both places of an object that stands twice, whatever its version', () => {
    const twice = (version: string) => `apiVersion: apps/${version}\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n`
    expect(problemsOf(twice('v1'), `---\n${twice('v1beta1')}`).map((problem) => problem.split('\n')[0])).toEqual([
      'b.yaml:2:1: Deployment "shop/web" stands here again, expected each object once, got another at a.yaml:1',
    ])
    expect(problemsOf(CONFIG_MAP, CONFIG_MAP.replace('v1', 'example.com/v1'))).toEqual([])
  })

  test('says the one thing that is wrong in the message, with its place and what to do', () => {
    const fault = (() => {
      try {
        return parse('apiVersion: v1\nkind: Pod\nmetadata:\n  name: 123\n')
      } catch (error) {
        return error
      }
    })()
    expect(fault).toMatchObject({
      code: 'INPUT_INVALID',
      message: 'web.yaml:4:3: metadata.name is missing, expected a text, got the number 123\n\n  4 |   name: 123\n    |   ^',
      position: { file: 'web.yaml', line: 4, column: 3 },
      hint: 'Put the value in quotes.',
    })
  })
})
