// Loaded into a bundle's process by NODE_OPTIONS: writes the most memory it ever had, in kB, to the file of PEAK_MEMORY_FILE.
import { writeFileSync } from 'node:fs'
process.on('exit', () => writeFileSync(process.env.PEAK_MEMORY_FILE, String(process.resourceUsage().maxRSS)))
