module switchboard.test/go

go 1.24
