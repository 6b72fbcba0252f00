module fairlead.dev/bed/pause

go 1.19
