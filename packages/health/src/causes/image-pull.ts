import { oneLine } from '../reading/condition.ts'
import { type Container, containerPath } from '../reading/container.ts'
import { eventsAbout, type Finding, firstOf, type ObservedPod, UNTIL_DEADLINE } from '../judging/finding.ts'

const PULLING = new Set(['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable', 'ImageInspectError'])

/** What no waiting mends, in the words of containerd, docker, cri-o and the registries behind them. */
const NO_SUCH_IMAGE = /not found|manifest unknown|name unknown|repository name not known|does not exist/i
const NOT_ALLOWED =
  /denied|unauthorized|authentication required|authorization failed|403 forbidden|401 unauthorized|insufficient_scope|invalid username\/password/i
/** What passes, even where the message also has one of the words above. */
const PASSING =
  /no such host|i\/o timeout|connection re(?:fused|set)|deadline exceeded|unexpected eof|toomanyrequests|too many requests|tls handshake timeout|\b(?:429|5\d\d)\b [A-Z]|server misbehaving|network is unreachable|no route to host|canceled/i

/** Wrappings that say nothing to the reader: the same image again, and which layer of software passed the message on. */
const WRAPPINGS = [
  /^Failed to pull image "[^"]*": /,
  /^rpc error: code = \w+ desc = /,
  /^Error response from daemon: /,
  /^failed to pull and unpack image "[^"]*": /,
  /^failed to resolve (?:reference|image) "[^"]*": /,
  /^(?:Err|)ImagePull(?:BackOff)?: /,
  /^Back-off pulling image "[^"]*"(?:: )?/,
]

/** Finds an image that cannot be had. Certain at the first message that says not found or denied; a registry that is out of reach may come back. */
export function findImagePull(observed: ObservedPod): Finding | undefined {
  return firstOf(observed, (container) => examine(observed, container))
}

/** Takes the wrappings off a runtime's message and leaves the registry's own words. */
export function registryWords(message: string): string {
  let words = oneLine(message)
  for (let before = ''; before !== words;) {
    before = words
    for (const wrapping of WRAPPINGS) words = words.replace(wrapping, '')
  }
  return words
}

function examine(observed: ObservedPod, container: Container): Finding | undefined {
  const { waiting } = container
  if (waiting === undefined) return undefined
  switch (waiting.reason) {
    case 'InvalidImageName':
      return finding(container, { says: 'has a name that is no image reference', patience: 0, hint: 'Correct the image reference.' })
    case 'ErrImageNeverPull':
      return finding(container, {
        says: 'is not on the node, and imagePullPolicy Never forbids to pull it',
        patience: 0,
        hint: 'Change imagePullPolicy, or bring the image to every node.',
      })
    default:
      return PULLING.has(waiting.reason) ? examinePull(observed, container) : undefined
  }
}

function examinePull(observed: ObservedPod, container: Container): Finding {
  const events = eventsAbout(observed, container.name, /^Failed: Failed to pull image/)
  // A back-off of older kubelets says nothing of the reason: then the newest Event does.
  const newest = events.toSorted((a, b) => b.last - a.last)[0]
  const words = [container.waiting?.message, newest?.message].map((message) => registryWords(message ?? '')).find((text) => text !== '')
  if (words === undefined) return finding(container, { says: 'cannot be pulled', patience: UNTIL_DEADLINE, hint: 'Read the Events of the Pod for the reason.' })
  const hint = hintFor(words)
  return {
    ...finding(container, {
      says: `cannot be pulled: ${words}`,
      patience: hint === undefined ? UNTIL_DEADLINE : 0,
      hint: hint ?? 'Check that the nodes can reach the registry.',
    }),
    events,
  }
}

function hintFor(words: string): string | undefined {
  if (PASSING.test(words)) return undefined
  if (/no match for platform/i.test(words)) return 'Build the image for the platform of the nodes.'
  // Registries say "denied" for what does not exist as well, so this comes first.
  if (NOT_ALLOWED.test(words)) return 'Check that the image exists, and give the Pod an imagePullSecret that may read it.'
  return NO_SUCH_IMAGE.test(words) ? 'Push the image, or correct its reference.' : undefined
}

function finding(container: Container, { says, patience, hint }: Pick<Finding, 'says' | 'patience' | 'hint'>): Finding {
  const { name, image } = container
  return {
    cause: 'image-pull',
    says: `image "${image}" of container "${name}" ${says}`,
    patience,
    container: name,
    events: [],
    field: [...containerPath(container), 'image'],
    hint,
  }
}
