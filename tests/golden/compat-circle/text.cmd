lint --compat circle.in
