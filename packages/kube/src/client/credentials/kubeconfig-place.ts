import { Fault, type Host } from '@fairlead/base'
import { readFile } from 'node:fs/promises'
import { delimiter, isAbsolute, resolve } from 'node:path'
import { asContent, type KubeconfigText } from './kubeconfig.ts'

/**
 * Finds the kubeconfig that is meant: the input's content or path, otherwise the paths of `KUBECONFIG`. Undefined when nobody gives one.
 * As with kubectl, paths of `KUBECONFIG` that do not exist are passed over, as long as one does.
 */
export async function findKubeconfig(input: string | undefined, host: Host): Promise<readonly KubeconfigText[] | undefined> {
  if (input !== undefined && input.trim() !== '') {
    const content = asContent(input)
    return content === undefined ? [await readExisting(input.trim(), host)] : [{ text: content }]
  }
  const paths = (host.environment['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '')
  if (paths.length === 0) return undefined
  const found = (await Promise.all(paths.map((path) => readIfThere(path, host)))).filter((text) => text !== undefined)
  if (found.length === 0) throw missing(`KUBECONFIG names ${paths.length === 1 ? 'a file that does' : 'files that do'} not exist`, paths.join(delimiter))
  return found
}

async function readExisting(path: string, host: Host): Promise<KubeconfigText> {
  const text = path.includes('\n') ? undefined : await readIfThere(path, host)
  if (text === undefined)
    throw missing('the kubeconfig input is neither content nor an existing file', path.includes('\n') ? 'several lines of something else' : path)
  return text
}

async function readIfThere(path: string, host: Host): Promise<KubeconfigText | undefined> {
  const file = isAbsolute(path) ? path : resolve(host.workspace, path)
  try {
    return { text: await readFile(file, 'utf8'), file }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined
    throw new Fault('ENVIRONMENT_MISSING', `kubeconfig: ${path} cannot be read, expected a readable file, got ${code ?? 'an error'}`, {
      cause: error,
      hint: 'Check the path and its permissions.',
    })
  }
}

function missing(what: string, got: string): Fault {
  // A token pasted into the wrong input would be printed here, so only what looks like a path is.
  const shown = got.length > 200 ? `a text of ${got.length} characters` : `"${got}"`
  return new Fault('ENVIRONMENT_MISSING', `kubeconfig: ${what}, expected a kubeconfig, got ${shown}`, {
    hint: 'Set the `kubeconfig` input to the content or the path of a kubeconfig.',
  })
}
