package main

func (a *app) learn(f *flags) int { return exitTrouble }
