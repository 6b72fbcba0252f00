/** Pushes one image from inside the bed's network: `node push.ts <TestImage as JSON> <path of the sample application>`. */
import { packTestImage, push, type TestImage } from './images.ts'

const [image = '', shop = ''] = process.argv.slice(2)
process.stdout.write(`${await push(await packTestImage(JSON.parse(image) as TestImage, shop))}\n`)
