module fairlead.dev/load

go 1.26.0
