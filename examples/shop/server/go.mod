module fairlead.dev/examples/shop

go 1.22
